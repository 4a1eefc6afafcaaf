"""What several functions share: settings, logging, HTTP answers, errors, the uploads and banks tables."""
