"""What runs inside observed programs; nothing here imports asyncwhy, nor does asyncwhy import it."""
