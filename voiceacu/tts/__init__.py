"""Text to speech: sentences become samples, never sound. The mixer in `audio` plays them."""
