"""The programs that look at pages, or None."""
import shutil

NODE = shutil.which('node')
# Without a window of its own, where it is: what the other one keeps for one costs a quarter of the time.
CHROMIUM = shutil.which('chromium-headless-shell') or shutil.which('chromium')
