"""`voiceacu history`: the sessions practised, as lines, a chart or a file."""
