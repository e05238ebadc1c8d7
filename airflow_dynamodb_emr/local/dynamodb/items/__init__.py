"""DynamoDB's data plane: where items are kept, and how they are read and written."""
