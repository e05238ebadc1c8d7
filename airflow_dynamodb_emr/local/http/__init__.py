"""The one port: which call a request is, who answers it, and how the answer is sent."""
