"""EMR Serverless: applications that start and stop by themselves, and job runs that really run."""
