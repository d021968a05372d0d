-- The embedded workbook: the plant's four sheets under their own column names, so that the
-- sqlite3 shell shows what the workbook would. `ANY` keeps each cell's own type: text is text,
-- numbers are numbers, dates in date columns are serial numbers (days since 30-12-1899); what
-- SQLite cannot tell apart (TRUE, #REF!, a date in a column of text) is a BLOB of JSON.

-- The header line of each sheet, foreign columns included.
CREATE TABLE hojas (
    hoja     TEXT NOT NULL,
    posicion INTEGER NOT NULL,
    nombre   TEXT NOT NULL,
    PRIMARY KEY (hoja, posicion)
) STRICT, WITHOUT ROWID;

-- `id` is the short hash of TAG + NV + OT + occurrence; empty rows have none.
-- `otras` holds the office's cells: {"0-based place": cell}.
CREATE TABLE operaciones (
    fila                  INTEGER PRIMARY KEY,
    id                    TEXT UNIQUE,
    "NV"                  ANY,
    "OT"                  ANY,
    "TAG_SPOOL"           ANY,
    "Fecha_Materiales"    ANY,
    "Armador"             ANY,
    "Fecha_Armado"        ANY,
    "Soldador"            ANY,
    "Fecha_Soldadura"     ANY,
    "Fecha_QC_Metrología" ANY,
    "Ocupado_Por"         ANY,
    "Fecha_Ocupacion"     ANY,
    "version"             ANY,
    "Estado_Detalle"      ANY,
    otras                 TEXT NOT NULL
) STRICT;

-- Whole rows: [cell, cell, ...].
CREATE TABLE trabajadores (fila INTEGER PRIMARY KEY, celdas TEXT NOT NULL) STRICT;
CREATE TABLE roles (fila INTEGER PRIMARY KEY, celdas TEXT NOT NULL) STRICT;

-- The audit. `clave` is the operation id, or a hash of the content for rows without one.
-- `otras` holds foreign cells by name, since this sheet's header may change while its rows stay.
CREATE TABLE metadata (
    seq               INTEGER PRIMARY KEY AUTOINCREMENT,
    clave             TEXT NOT NULL UNIQUE,
    "ID"              ANY,
    "Timestamp"       ANY,
    "Evento_Tipo"     ANY,
    "TAG_SPOOL"       ANY,
    "Worker_ID"       ANY,
    "Worker_Nombre"   ANY,
    "Operacion"       ANY,
    "Accion"          ANY,
    "Fecha_Operacion" ANY,
    "Metadata_JSON"   ANY,
    otras             TEXT NOT NULL
) STRICT;

CREATE TRIGGER metadata_no_update BEFORE UPDATE ON metadata
BEGIN
    SELECT RAISE(ABORT, 'metadata is append-only');
END;

CREATE TRIGGER metadata_no_delete BEFORE DELETE ON metadata
BEGIN
    SELECT RAISE(ABORT, 'metadata is append-only');
END;

-- INSERT OR REPLACE deletes without asking the trigger above.
CREATE TRIGGER metadata_no_replace BEFORE INSERT ON metadata
WHEN EXISTS (SELECT 1 FROM metadata WHERE clave = NEW.clave OR seq = NEW.seq)
BEGIN
    SELECT RAISE(ABORT, 'metadata is append-only');
END;

-- Small facts about this file.
CREATE TABLE ajustes (clave TEXT PRIMARY KEY, valor TEXT NOT NULL) STRICT, WITHOUT ROWID;
