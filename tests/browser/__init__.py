"""The product in a browser: `haitun demo` as a newcomer starts it, its sandbox page driven by a finger."""
