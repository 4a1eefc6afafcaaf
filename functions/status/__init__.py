"""GET /uploads and GET /uploads/{upload_id}: tells a bank how its uploads stand."""
