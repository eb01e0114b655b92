"""Both chat platforms, emulated: the real wire format on one side, phones on a page on the other."""
