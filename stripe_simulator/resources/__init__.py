"""The API's objects: one module each, with its endpoints and its shape."""
