"""DynamoDB's control plane: making, describing, changing and deleting tables, and what it refuses."""
