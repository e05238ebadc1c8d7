"""DynamoDB's expressions: conditions, filters, projections, key conditions and updates, read once and applied to items."""
