"""voiceacu: an offline voice assistant for acupressure, eyes closed, lying down."""

__version__ = "0.1.0"
