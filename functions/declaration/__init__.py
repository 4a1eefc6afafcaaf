"""POST /uploads: a bank declares a report that it stores itself, of any size that one PUT to S3 takes."""
