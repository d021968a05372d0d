### Pages that stand for another one that cannot be shown.

failure-title = No se pudo
failure-choose = ELEGIR NOMBRE
connecting-title = Conectando con la planilla…
connecting-wait = Esta pantalla vuelve a intentarlo sola cada pocos segundos. Si sigue así, avisa a tu supervisor.
offline-title = Sin conexión
offline-why = La tableta no llega al servidor: no se puede registrar ni ver quién tiene cada carrete.
offline-wait = Esta página vuelve sola cuando haya conexión. Si sigue así, revisa el Wi-Fi o avisa a tu supervisor.

## What the tablet calls the application once it is installed.

manifest-name = spoolboard: quién tiene cada carrete
manifest-description = Tomar, pausar y completar carretes.

## Why the plant's workbook cannot be written or read now. Each stands behind a colon, or by itself in a table.

sheets-connecting = conectando con la planilla
sheets-silent = la planilla no responde
sheets-in-question = se está revisando lo que se escribió antes de un corte
sheets-rows-moved = se movieron filas mientras se escribía; hay que revisar la planilla
sheets-rival = otro programa escribe en la misma planilla; se espera antes de escribir
sheets-fence-gone = alguien borró la pestaña oculta del tablero; se espera antes de escribir
sheets-no-turn = Redis no responde: no se sabe si otro servidor escribe en la planilla
sheets-closing = el programa se está cerrando
sheets-read-only = sin permiso para escribir en la planilla
sheets-no-editor = la planilla no está compartida con esta cuenta como editor
sheets-not-shared = la planilla no está compartida con esta cuenta
sheets-no-such = no existe una planilla con ese identificador
sheets-api-off = la API de Google Sheets no está activada en el proyecto de la cuenta
sheets-quota = Google recibió demasiadas consultas de esta cuenta en un minuto
sheets-key-refused = Google no acepta la clave de la cuenta de servicio
sheets-not-understood = Google no entiende la consulta
sheets-changes = la planilla cambia mientras se lee
sheets-no-header = la fila de encabezados no se reconoce
sheets-empty = la planilla llegó vacía
sheets-too-few = { $rows ->
    [one] llegó { $rows } fila
   *[other] llegaron { $rows } filas
} de { $before }
sheets-no-tab = { $count ->
    [one] en la planilla falta la pestaña { $tabs }
   *[other] en la planilla faltan las pestañas { $tabs }
}
sheets-no-columns = { $count ->
    [one] a la pestaña { $tab } le falta la columna { $columns }
   *[other] a la pestaña { $tab } le faltan las columnas { $columns }
}
sheets-tab-protected = la pestaña { $tab } está protegida contra esta cuenta
sheets-no-audit = falta la pestaña de auditoría (Metadata)
sheets-audit-catches-up = se está poniendo al día
sheets-outbox-full = no se puede registrar la auditoría y la espera está llena: { $why }
sheets-unaudited = no se puede registrar la auditoría, ni aquí ni en la planilla: { $why }
