//! `check` against the plant's workbook at Google: the shipped binary, the stand-in, each finding.

use crate::stand_in::human::Human;
use crate::stand_in::plant::Plant;
use crate::stand_in::quota::Quota;
use crate::stand_in::{ACCOUNT, Access, Fault, Google, On};
use crate::support::binary::BINARY;
use crate::support::google::{BOOK, book_of};
use crate::support::plant;
use tempfile::TempDir;
use tokio::process::Command;

/// What was said, and the exit status.
struct Said {
    lines: String,
    status: Option<i32>,
}

impl Said {
    #[track_caller]
    fn has(&self, line: &str) {
        assert!(self.lines.lines().any(|found| found.starts_with(line)), "no line begins with «{line}»:\n{}", self.lines);
    }

    #[track_caller]
    fn has_not(&self, words: &str) {
        assert!(!self.lines.contains(words), "{}", self.lines);
    }
}

fn program(google: &Google, book: &str, data: &TempDir) -> Command {
    let mut command = Command::new(BINARY);
    command.env_clear().env("SPOOLBOARD_DATA", data.path()).env("GOOGLE_SHEET_ID", book).kill_on_drop(true);
    command.env("GOOGLE_APPLICATION_CREDENTIALS_JSON", google.credentials()).env("GOOGLE_SHEETS_URL", google.url());
    command
}

/// What `check` says; whatever it found, it has written nothing, neither at Google nor here.
async fn check(google: &Google, book: &str) -> Said {
    let data = TempDir::new().unwrap();
    let output = program(google, book, &data).arg("check").output().await.unwrap();
    let journal = google.journal();
    assert_eq!((journal.counted(Quota::Write), journal.batches().count()), (0, 0), "a call that writes");
    assert!(journal.entries().iter().all(|entry| entry.is_human()), "something was written");
    assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 0, "a file was made");
    let lines = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    assert!(!lines.contains("PRIVATE") && !lines.contains("ya29."), "{lines}");
    Said { lines, status: output.status.code() }
}

/// What `check` says of a plant of three spools after somebody has done something to its workbook.
async fn after(deed: impl FnOnce(&mut Human<'_>)) -> Said {
    let google = Google::with(book_of(&plant(3))).await;
    google.human(BOOK, deed);
    check(&google, BOOK).await
}

#[tokio::test]
async fn a_workbook_in_order_is_said_to_be_and_nothing_is_written() {
    let google = Google::with(book_of(&plant(3))).await;
    let said = check(&google, BOOK).await;
    assert_eq!(said.status, Some(0), "{}", said.lines);
    for line in [
        "bien   planilla de Google y bloqueos en este proceso: un solo servidor",
        &format!("bien   la cuenta {ACCOUNT} abre la planilla"),
        "bien   la zona horaria de la planilla es America/Santiago",
        "bien   están todas las columnas imprescindibles",
        "bien   Metadata tiene sus diez columnas",
        "bien   no hay fórmulas",
        "bien   3 carretes, 2 trabajadores activos",
        "bien   esta revisión usó 4 de las 60 lecturas por minuto de la cuenta, quedan 56 si nadie más la usa; \
         «serve» usa unas 14 y otro programa con la misma cuenta",
        "Se puede trabajar.",
    ] {
        said.has(line);
    }
    assert_eq!(google.journal().counted(Quota::Read), 4, "what it says of itself is true");
}

#[tokio::test]
async fn c2_who_may_write_is_told_as_far_as_it_can_be_known_without_writing() {
    let nothing_protected = after(|_| ()).await;
    nothing_protected.has("aviso  sin escribir no se puede saber si la cuenta es editora");
    nothing_protected.has("aviso  conviene proteger la pestaña Metadata");
    let ours = after(|human| human.protects_sheet("Metadata", &[ACCOUNT])).await;
    ours.has("bien   la cuenta es editora");
    ours.has_not("conviene proteger");
    assert_eq!(ours.status, Some(0));
    let theirs = after(|human| human.protects_sheet("Operaciones", &["jefa@taller.example"])).await;
    theirs.has("ERROR  la pestaña Operaciones está protegida contra");
    let audit = after(|human| human.protects_sheet("Metadata", &["jefa@taller.example"])).await;
    audit.has("ERROR  la auditoría no se puede escribir: la pestaña Metadata está protegida contra esta cuenta");
    audit.has_not("conviene proteger");
    assert_eq!((theirs.status, audit.status), (Some(1), Some(1)));
}

#[tokio::test]
async fn b10_columns_are_named_that_must_be_there_that_may_be_and_that_stand_twice() {
    let critical = after(|human| human.renames_header("Operaciones", "Ocupado_Por", "Otra")).await;
    critical.has("ERROR  falta una columna imprescindible, agrégala a la planilla: Ocupado_Por");
    let optional = after(|human| human.renames_header("Operaciones", "Estado_Detalle", "Otra")).await;
    optional.has("aviso  falta una columna opcional: Estado_Detalle");
    let twice = after(|human| human.renames_header("Operaciones", "MatSys", "ARMADOR")).await;
    twice.has("aviso  columnas repetidas, se usa la primera: ARMADOR");
    let split = after(|human| human.renames_header("Operaciones", "TAG_SPOOL", "Otra")).await;
    split.has("ERROR  falta una columna imprescindible, agrégala a la planilla: TAG_SPOOL");
    split.has("aviso  no hay TAG_SPOOL; mientras tanto los carretes se muestran por la columna SPLIT");
    let audit = after(|human| human.renames_header("Metadata", "Accion", "Otra")).await;
    audit.has("ERROR  la auditoría no se puede escribir: a la pestaña Metadata le falta la columna Accion");
    let audit_twice = after(|human| human.renames_header("Metadata", "N_UNION", "worker id")).await;
    audit_twice.has("aviso  columnas repetidas en Metadata, se usa la primera: Worker_ID");
    let statuses = [critical, optional, twice, split, audit, audit_twice].map(|said| said.status.unwrap());
    assert_eq!(statuses, [1, 0, 0, 1, 1, 0]);
}

#[tokio::test]
async fn i9_a_tab_that_is_not_there_is_named_and_the_rest_is_looked_at_all_the_same() {
    let people = after(|human| human.deletes_sheet("Trabajadores")).await;
    people.has("ERROR  la planilla no se puede leer: en la planilla falta la pestaña Trabajadores");
    people.has("bien   la zona horaria");
    let audit = after(|human| human.renames_sheet("Metadata", "Auditoría vieja")).await;
    audit.has("ERROR  la auditoría no se puede escribir: falta la pestaña de auditoría (Metadata)");
    audit.has("bien   3 carretes");
    assert_eq!((people.status, audit.status), (Some(1), Some(1)));
}

#[tokio::test]
async fn i4_formulas_in_columns_that_are_written_are_named_by_row() {
    let said = after(|human| human.types("Operaciones", "Estado_Detalle", 3, "=1+1")).await;
    said.has("aviso  fórmulas en columnas que se escriben; no se tocan y esas filas se rechazan: Estado_Detalle 1");
    said.has("aviso    fila 3: MK-0002: Estado_Detalle =1+1");
    assert_eq!(said.status, Some(0), "{}", said.lines);
}

#[tokio::test]
async fn b7_rows_that_share_a_tag_cannot_be_read_or_have_nobody_are_named() {
    let said = after(|human| {
        human.types("Operaciones", "TAG_SPOOL", 4, "MK-0001");
        human.types("Operaciones", "Fecha_Armado", 3, "abc");
        for (header, text) in [("Id", "95"), ("Nombre", "Sara"), ("Apellido", "Lagos"), ("Activo", "TRUE")] {
            human.types("Trabajadores", header, 4, text);
        }
    });
    let said = said.await;
    said.has("aviso  filas que comparten su TAG con otra: 2");
    said.has("aviso  filas que no se pueden usar: 1");
    said.has("aviso    fila 3: MK-0002: ");
    said.has("aviso  trabajadores sin rol: Sara Lagos");
    assert_eq!(said.status, Some(0), "{}", said.lines);
}

#[tokio::test]
async fn a2_a_workbook_in_another_time_zone_is_an_error_and_another_name_of_the_same_is_not() {
    let at = async |zone: &str| {
        let google = Google::with(crate::stand_in::Book { time_zone: zone.into(), ..book_of(&plant(1)) }).await;
        check(&google, BOOK).await
    };
    let other = at("America/New_York").await;
    other.has("ERROR  la zona horaria de la planilla es America/New_York y la de la planta (TIMEZONE) es America/Santiago");
    let alias = at("Chile/Continental").await;
    alias.has("bien   la zona horaria de la planilla es Chile/Continental");
    assert_eq!((other.status, alias.status), (Some(1), Some(0)));
}

#[tokio::test]
async fn c9_an_audit_of_more_than_a_hundred_thousand_rows_is_worth_a_warning() {
    let google = Google::with(Plant::of(2).audit(100_001).build()).await;
    google.snapshots(false);
    let said = check(&google, crate::stand_in::plant::BOOK).await;
    said.has("aviso  la auditoría tiene 100001 filas: conviene archivar");
    said.has("bien   esta revisión usó 5 de las 60");
}

#[tokio::test]
async fn c2_who_cannot_open_the_workbook_is_told_why_and_never_its_key() {
    let google = Google::with(book_of(&plant(1))).await;
    let unknown = check(&google, &BOOK.replace('1', "2")).await;
    unknown.has(&format!("ERROR  la cuenta {ACCOUNT} no abre la planilla: no existe una planilla con ese identificador"));
    google.share(BOOK, ACCOUNT, None);
    let alone = check(&google, BOOK).await;
    alone.has(&format!("ERROR  la cuenta {ACCOUNT} no abre la planilla: la planilla no está compartida con esta cuenta; mira"));
    google.share(BOOK, ACCOUNT, Some(Access::Read));
    let reader = check(&google, BOOK).await;
    reader.has("aviso  sin escribir no se puede saber si la cuenta es editora");
    google.fail(On::Reads, Fault::TooMany);
    let crowded = check(&google, BOOK).await;
    crowded.has(&format!("ERROR  la cuenta {ACCOUNT} no abre la planilla: Google recibió demasiadas consultas"));
    let data = TempDir::new().unwrap();
    let short = program(&google, "1AbC", &data).arg("check").output().await.unwrap();
    assert!(String::from_utf8_lossy(&short.stdout).contains("ERROR  GOOGLE_SHEET_ID no es válido"));
    assert_eq!([unknown.status, alone.status, crowded.status, short.status.code()], [Some(1); 4]);
}

#[tokio::test]
async fn c2_a_google_that_is_away_or_never_answers_ends_the_check_in_words() {
    let away = Google::with(book_of(&plant(1))).await;
    away.away(true);
    let mute = Google::with(book_of(&plant(1))).await;
    mute.fail(On::Reads, Fault::Hang);
    let half = Google::with(book_of(&plant(1))).await;
    half.fail(On::Only(crate::stand_in::Method::ValuesBatchGet), Fault::Hang);
    let no_token = Google::with(book_of(&plant(1))).await;
    no_token.fail(On::Tokens, Fault::Hang);
    let (away, mute, half, no_token) =
        tokio::join!(check(&away, BOOK), check(&mute, BOOK), check(&half, BOOK), check(&no_token, BOOK));
    away.has(&format!("ERROR  la cuenta {ACCOUNT} no obtiene permiso de Google: "));
    mute.has(&format!("ERROR  la cuenta {ACCOUNT} no abre la planilla: la planilla no responde"));
    half.has("ERROR  la planilla no se puede leer: la planilla no responde");
    no_token.has(&format!("ERROR  la cuenta {ACCOUNT} no obtiene permiso de Google: "));
    for said in [away, mute, half, no_token] {
        assert_eq!(said.status, Some(1), "{}", said.lines);
        said.has("Hay un error que corregir.");
    }
}

#[tokio::test]
async fn commands_that_work_on_the_embedded_workbook_say_so() {
    let google = Google::with(book_of(&plant(1))).await;
    let data = TempDir::new().unwrap();
    for arguments in [["import", "no-existe.xlsx"], ["export", "x.xlsx"], ["backup", "x.db"]] {
        let output = program(&google, BOOK, &data).args(arguments).current_dir(data.path()).output().await.unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.starts_with("GOOGLE_SHEET_ID está definida: esta orden trabaja con la planilla propia"), "{said}");
    }
    assert!(google.journal().calls().is_empty(), "Google is left alone");
}
