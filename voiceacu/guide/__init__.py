"""A page to look at before lying down: body maps, times, what to say."""
