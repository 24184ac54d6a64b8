"""What is known: ``signatures/`` becomes checked signatures and a catalogue."""
