"""GET /uploads and GET /uploads/{upload_id}: a bank's own uploads."""
