### The supervisor's pages: what to attend to, one spool, an act with its reason, what happened.

outbox-waits = { $count ->
    [one] { $count } registro de auditoría espera en este equipo porque la pestaña de auditoría no se puede escribir. Nada se pierde, y nadie deja de trabajar.
   *[other] { $count } registros de auditoría esperan en este equipo porque la pestaña de auditoría no se puede escribir. Nada se pierde, y nadie deja de trabajar.
}
outbox-see = Ver salud
help-step-seen = VISTO
help-step-solved = RESUELTO

attend-overdue = Vencidos
attend-idle = Parados
attend-blocked = Bloqueados
attend-held = Ocupados
attend-found = Encontrados
attend-search = Buscar un carrete por TAG, NV u OT
attend-search-hint = TAG, NV u OT
attend-all = VER TODO
attend-no-help = Nadie pide ayuda.
attend-no-overdue = Nadie tiene un carrete más tiempo del permitido.
attend-no-idle = Ningún carrete empezado está parado.
attend-no-blocked = Ningún carrete está bloqueado.
attend-no-held = No hay carretes ocupados actualmente.
attend-not-found = Ningún carrete coincide con «{ $search }».
attend-release = LIBERAR…
attend-unblock = DESBLOQUEAR…
see-them-all = VER TODO ({ $count })

## One spool.

one-title = { $tag } · Supervisor
one-help = Ayuda
one-offers = Qué se puede hacer
one-nothing = Nada que liberar, reabrir ni desbloquear.
one-wrong = Qué no cuadra en su fila
one-by-hand = Se corrige en la planilla, o con lo que se puede hacer arriba.
one-row = Su fila en la planilla

## An act. $act is what the button of the page before said; $of is for whom, where it is for somebody.

# $tag is in bold.
act-ask = ¿{ $act } { $tag }?
act-ask-in = ¿{ $act } en { $tag }?
act-title = { $act } · Supervisor
act-spool = ← El carrete
act-see = VER CÓMO QUEDA
act-cells = Las celdas que cambian
act-now = Ahora
act-after = Después
act-column = columna { $letters }
act-why = ¿Por qué? Queda en el historial.
act-other = otro motivo
act-other-words = Otro motivo, con tus palabras
# All in capitals.
act-yes = SÍ, { $act } { $tag }
act-yes-in = SÍ, { $act } EN { $tag }

## What happened on a day.

activity-that-day = Qué pasó ese día
activity-everybody = Todos
activity-supervisors = Supervisores y sistema
activity-whom = a { $name }
activity-shown = { $shown ->
    [one] Se muestra { $shown } de { $total }.
   *[other] Se muestran { $shown } de { $total }.
}
activity-ago = Hace
activity-silent = CALLADA
activity-old = ANTERIOR

## Rows that the office has to put right.

data-unreadable = No se pueden leer
data-rows = Filas con algo que corregir
data-no-role = Trabajadores sin rol
data-all = VER TODOS LOS PROBLEMAS
data-unusable = no se puede usar hasta corregirla en la planilla
data-formula = la aplicación no escribe sobre una fórmula: lo que la cambiaría se rechaza
data-where = Dónde
data-place = { $sheet }, fila { $row }
data-place-cell = { $sheet }, fila { $row }, celda { $cell }
data-in-sheet = Corregir en la planilla
data-none = Ninguna fila tiene problemas.
data-no-twins = Ningún TAG está en dos filas.
data-tag = TAG
data-numbers = NV y OT
data-twin-rows = { $count ->
    [one] { $count } fila
   *[other] { $count } filas
}
data-strangers = Trabajadores activos sin rol
data-no-strangers = Todos los trabajadores activos tienen un rol.
data-strangers-may = Solo pueden reparar. El rol se anota en la hoja Roles.
