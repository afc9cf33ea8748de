"""The simulator, driven by the real SDK over HTTP."""
