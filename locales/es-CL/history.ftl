### The history of one spool, and what one worker did today and this week.

history-title = Historial de { $tag }
history-line = Quién lo ha tenido
history-nobody = Nadie lo ha tomado todavía.
history-events = Todo lo que pasó
history-no-events = No hay registros de este carrete.

record-title = Mi registro · { $name }
record-today = Hoy
record-week = Esta semana, desde el lunes
# Beneath the number of them.
record-approved = { $count ->
    [one] aprobado
   *[other] aprobados
}
record-finished = { $count ->
    [one] terminado
   *[other] terminados
}
record-none-finished = Terminados
record-rejected = Rechazados
record-spools = { $count ->
    [one] Carrete
   *[other] Carretes
}
record-time = Tiempo con carretes
record-empty = Esta semana no hay nada registrado todavía.
record-how = Cómo terminó
