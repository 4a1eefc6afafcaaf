"""GET /uploads, GET /uploads/{upload_id} and GET /uploads/{upload_id}/errors: a bank's own uploads."""
