"""An emulation of the connector between EMR and DynamoDB, which a step of the stand-in runs in place of its jar."""
