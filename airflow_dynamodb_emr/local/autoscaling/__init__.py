"""Application Auto Scaling of DynamoDB: scalable targets, their policies, and the thread that moves capacity."""
