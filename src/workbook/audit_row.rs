//! `Metadata` rows: audit event <-> the ten cells, `Metadata_JSON` included.
