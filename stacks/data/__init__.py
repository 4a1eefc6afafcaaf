"""What outlives every redeploy: buckets, tables, queues and topics. No code."""
