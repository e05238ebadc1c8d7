"""A DynamoDB that answers from a recording: so cheap, and so much the same for everyone, that what is measured is the client."""
