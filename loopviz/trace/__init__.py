"""The pure model: records in, a ``Trace`` out, and what can be asked of it. No screen, no asyncio, no clock."""
