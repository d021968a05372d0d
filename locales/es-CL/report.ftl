### What an import tells the office: a heading a sheet, what it found beneath it, and notes.

report-nothing-new = El archivo no trae nada nuevo: no cambia ninguna fila.
report-sheet = { $sheet }: filas leídas { $read }; nuevas { $added }, actualizadas { $updated }, sin cambios { $unchanged }{ $absent ->
    [0] {""}
   *[other] , ausentes del archivo { $absent }
}.
report-changed = Celdas que cambian: { $columns }.
# $places is a list of report-place.
report-kept = Celdas del archivo que no se toman, porque ahí escribe la aplicación: { $count } ({ $places }).
report-place = fila { $row }
report-place-value = fila { $row } «{ $value }»
report-absent-rows = Filas que no están en el archivo y se conservan:
report-absent-workers = Trabajadores que no están en el archivo y se conservan, por Id:
report-absent-roles = Roles que no están en el archivo y se conservan:
report-absent = fila { $row }: { $value }
report-people = En total { $workers }; { $active ->
    [one] { $active } activo
   *[other] { $active } activos
}.
report-no-role = Activos sin ningún rol: { $workers }.
report-note = Nota: { $note }
report-ignored = Nota: no se usa { $sheets }.
report-twins = Filas cuyo TAG ya está en una fila anterior: { $count } ({ $tags }).
report-twins-more = Filas cuyo TAG ya está en una fila anterior: { $count } ({ $tags } y { $more } más).
report-errors = Filas con error (se ven, pero nadie puede tomarlas hasta que se corrijan): { $rows }.
report-warnings = Otras filas con aviso (se puede trabajar con ellas): { $rows }.
# $problem is one of the kinds of problems.ftl.
report-problem = { $column } { $problem }: { $count } ({ $places }).

## Notes.

report-column-twice = La columna «{ $column }» está repetida; se usa la primera.
report-split = No hay columna TAG_SPOOL: se usa SPLIT en su lugar.
report-added = Se agregan al final las columnas que faltan: { $columns }.
report-lacks-inspection = Falta la columna { $column }: sin ella no hay metrología ni reparación.
report-lacks-number = Falta la columna { $column }: sin ella los carretes de igual TAG se distinguen solo por su orden.
report-lacks-known = Falta la columna { $column }: ya está en la planilla de la aplicación.
report-id = Trabajadores, fila { $row }: Id «{ $value }» no es un número.
report-id-twice = Trabajadores, fila { $row }: el Id { $id } está repetido; vale la primera fila.
report-active = Trabajadores, fila { $row }: Activo «{ $value }» no es TRUE ni FALSE.
report-stranger = Roles, fila { $row }: el Id «{ $value }» no está en Trabajadores.
report-role = Roles, fila { $row }: el rol «{ $value }» no se usa.
