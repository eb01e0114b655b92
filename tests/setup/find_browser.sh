#!/bin/sh
# For the browser tests: a Chromium or Chrome that is there, else Debian's package when root, else a line that says so.
for name in chromium chromium-browser google-chrome google-chrome-stable chrome; do
	command -v "$name" >/dev/null 2>&1 && exit 0
done
[ -x "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
	echo "Installing Chromium for the browser tests ..."
	export DEBIAN_FRONTEND=noninteractive
	install() { apt-get install -qq -y --no-install-recommends chromium fonts-wqy-microhei >/dev/null 2>&1; }
	install || { apt-get update -qq >/dev/null 2>&1 && install; } && exit 0
fi
echo "No Chromium or Chrome here: the browser tests are left out. Debian: apt-get install chromium"
