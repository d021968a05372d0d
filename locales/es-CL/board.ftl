### The board, which everybody watches, and the wall, which nobody touches.

board-all-nv = Todas
board-clear = QUITAR FILTROS
board-download = Descargar
board-held = Ocupados
# When the board was made, and what it was narrowed to.
board-as-of = Al { $moment }
board-as-of-only = Al { $moment } · solo { $what }
board-total-held = Total Ocupados
board-overdue = Vencidos
board-idle = Parados
board-blocked = Bloqueados
board-problems = Con problema
# Beneath the number of those that are ready; $count is how many are in hand.
board-ready-running = { $ready ->
    [one] listo
   *[other] listos
} · { $count } en curso
board-ready = { $ready ->
    [one] listo
   *[other] listos
}
board-finished-today = { $count ->
    [one] { $count } hecho hoy
   *[other] { $count } hechos hoy
}
board-seen-by = visto por { $name }
# $link is .link, a link.
board-nothing-of = { $nothing }. { $link }.
    .link = Ver todo el tablero
board-nothing-ready = No hay carretes listos para empezar.
board-ready-for = Listo para
board-waits-since = Espera desde
board-more = Y { $count } más: están todos en el archivo CSV.
board-who-has = Quién tiene qué
board-group-overdue = { $count ->
    [one] { $count } vencido
   *[other] { $count } vencidos
}
board-by-hour = Terminados hoy, por hora
board-none-today = Nada terminado hoy todavía.
board-none-today-hour = Nada terminado hoy con hora conocida.
board-no-hour = { $count } sin hora: su fecha se escribió en la planilla.
board-by-day = Terminados por día, 14 días
board-none-days = Nada terminado en los últimos 14 días.
board-stages = Carretes en cada estado
board-no-spools = No hay carretes.
board-stage-time = Tiempo en el estado
board-typical = Típico
board-longest = Máximo
board-total = Total

## The wall.

wall-overdue = { $count ->
    [one] { $count } VENCIDO
   *[other] { $count } VENCIDOS
}
# $hour is how old the data are, in bold.
wall-data = datos { $hour }
wall-help = AYUDA
wall-help-seen = AYUDA VISTA
# Behind AYUDA: which of the calls for help this is.
wall-help-of = { $index } de { $count }
wall-late = vencido
wall-ready = Listos:
wall-cut-off = SIN CONEXIÓN
