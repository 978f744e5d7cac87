"""The one trace format: schema, writer, reader."""
