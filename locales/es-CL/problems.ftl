### What is wrong with a row of the workbook, for the people who can put it right there.
### Fecha_Materiales, Estado_Detalle and their like are columns, INICIALES(ID) is how a worker is written.

# $column is a column, $what one of the kinds below, which begins with its verb.
problem = { $column } { $what }.
problem-value = { $column } («{ $value }») { $what }.

## The rest of a sentence that begins with the name of a column.

problem-no-column = falta en la fila de encabezados de la planilla
problem-bad-tag = no es un TAG
problem-not-a-date = no es una fecha
problem-not-a-worker = no es un trabajador con la forma INICIALES(ID)
problem-not-text = tiene una fórmula que falla
problem-formula = tiene una fórmula donde escribe la aplicación
problem-filler = tiene un relleno en vez de estar vacía
problem-unknown-name = nombra a alguien que no está en Trabajadores, o a más de uno
problem-date-without-worker = está vacía aunque la operación tiene fecha
problem-welded-before-fitted = tiene fecha aunque el armado no la tiene
problem-inspected-before-welded = tiene fecha aunque la soldadura no la tiene
problem-approval-date-against-text = tiene fecha de aprobación, pero Estado_Detalle dice otra cosa
problem-approved-without-date = dice aprobado, pero falta la fecha de metrología
problem-repair-before-welded = habla de rechazo o reparación, pero el carrete no está soldado
problem-repair-without-occupant = dice que está en reparación, pero nadie lo ocupa
problem-occupied-without-since = está vacía aunque el carrete está ocupado
problem-since-without-occupant = tiene fecha aunque nadie ocupa el carrete
problem-occupied-without-operation = ocupa el carrete sin ninguna operación en curso
problem-occupied-and-done = ocupa un carrete que ya está armado y soldado
problem-two-operations-open = está abierta a la vez que el armado

## The same as headings.

problem-title-no-column = Falta una columna
problem-title-bad-tag = TAG que no se puede leer
problem-title-not-a-date = Fecha que no se puede leer
problem-title-not-a-worker = Trabajador que no se puede leer
problem-title-not-text = Fórmula que falla
problem-title-formula = Fórmula donde escribe la aplicación
problem-title-filler = Relleno en vez de una celda vacía
problem-title-unknown-name = Nombre que no está en Trabajadores
problem-title-date-without-worker = Fecha sin trabajador
problem-title-welded-before-fitted = Soldado antes que armado
problem-title-inspected-before-welded = Metrología antes que soldadura
problem-title-approval-date-against-text = Fecha de aprobación contra el texto
problem-title-approved-without-date = Aprobado sin fecha
problem-title-repair-before-welded = Reparación antes que soldadura
problem-title-repair-without-occupant = En reparación sin ocupante
problem-title-occupied-without-since = Ocupado sin hora
problem-title-since-without-occupant = Hora sin ocupante
problem-title-occupied-without-operation = Ocupado sin operación (a medias)
problem-title-occupied-and-done = Ocupado y ya terminado
problem-title-two-operations-open = Dos operaciones abiertas
