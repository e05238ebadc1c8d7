"""DynamoDB: tables with real capacity, states and sizes, and the items in them."""
