### Short words of the screens: states, reasons, figures. A label begins with a capital where it stands alone.

operation-arm = ARM
operation-sold = SOLD
operation-metrology = METROLOGÍA
operation-repair = REPARACIÓN
role-metrology = Metrología
holders-none = No hay carretes ocupados actualmente
holders-none-of = No hay carretes ocupados de { $what }
holders-unknown = No se sabe quién tiene cada carrete: falta la columna Ocupado_Por
spools-none-of = Ningún carrete es de { $numbers }
no-operation = sin operación
ready-to-inspect = Listo para metrología
row-with-problem = Fila con un problema

## A call for help, in one line. What may be absent is 0.

help-line-unseen = { $name } pide ayuda{ $clock ->
    [0] {""}
   *[other] {" "}a las { $clock }
}{ $reason ->
    [0] {""}
   *[other] : { $reason }
} (nadie lo ha visto)
help-line-seen = { $name } pide ayuda{ $clock ->
    [0] {""}
   *[other] {" "}a las { $clock }
}{ $reason ->
    [0] {""}
   *[other] : { $reason }
} (visto por { $seen })

## What puts a row right. $column is a column of the workbook.

remedy-empty = Vaciar { $column }
remedy-name = Anotar quién en { $column }
remedy-begin = Anotar que { $holder } empezó
remedy-since = Anotar desde cuándo
remedy-retell = Escribir { $column } según las demás columnas

## What is being done to a spool, and how far it has come.

running = { $operation } en curso
running-unknown = Ocupado sin operación en curso
# A state and its cycle, or the states of ARM and SOLD.
state-and = { $first }, { $second }
not-yet = Todavía no: { $operation }
progress-pending = { $operation } pendiente
progress-running = { $operation } en curso
progress-paused = { $operation } pausado
progress-done = { $operation } terminado
progress-unreadable = { $operation } no se puede leer
inspection-pending = Espera metrología
inspection-approved = Aprobado por metrología
inspection-rejected = Rechazado por metrología
inspection-in-repair = En reparación
inspection-repair-paused = Reparación pausada
inspection-blocked = Bloqueado
cycle = ciclo { $cycle }
cycle-of = ciclo { $cycle }/{ $most }
lacks-materials = Falta Fecha_Materiales
lacks-arm = ARM sin terminar
lacks-sold = SOLD sin terminar
# An action as the history names it, and for which operation.
event-of = { $verb } { $operation }
event-approve = APROBAR
event-reject = RECHAZAR

## Stages, as boards count them.

stage-no-materials = Sin materiales
stage-arm-ready = ARM por empezar
stage-arm-running = ARM en curso
stage-arm-paused = ARM pausado
stage-sold-ready = SOLD por empezar
stage-sold-running = SOLD en curso
stage-sold-paused = SOLD pausado
stage-rejected = Espera reparación
stage-welded = Soldado
stage-unclear = Ocupado sin operación

## Bands of time, days, hours.

band-4-hours = menos de 4 h
band-day = 4 a 24 h
band-3-days = 1 a 3 días
band-week = 3 a 7 días
band-longer = más de 7 días
day-mon = lun { $date }
day-tue = mar { $date }
day-wed = mié { $date }
day-thu = jue { $date }
day-fri = vie { $date }
day-sat = sáb { $date }
day-sun = dom { $date }
hours-from-to = { $from } a { $to } h
lasts = sigue
freed-by-hand = se soltó a mano en la planilla
yes = sí
no = no

## The headings of the board's file that no screen has.

file-row = Fila de la planilla
file-minutes = Minutos
file-overdue = Vencido

## How a session ended, and what metrology said.

ending-completed = completado
ending-paused = pausado
ending-cancelled = cancelado
ending-released = liberado por { $name }
ending-relieved = relevado por { $name }
ending-taken-again = tomado otra vez
verdict-approved = aprobado
verdict-rejected = rechazado
# $cycle is cycle or cycle-of.
verdict-rejected-cycle = rechazado, { $cycle }

## What a supervisor does.

act-release = Liberar
act-reopen = Reabrir { $operation }
act-unblock = Desbloquear
act-note = Anotar a { $name } en { $column }
act-note-somebody = Anotar a alguien en { $column }
act-begin = Anotar al ocupante como quien empezó
act-retell = Corregir el texto del estado
outcome-release = Lo tiene { $name }. Su tableta se lo dice enseguida, con tu nombre y el motivo; el trabajo queda a medias.
outcome-reopen = { $operation } queda sin terminar y el carrete se puede tomar otra vez.
outcome-unblock = Se puede reparar una vez más; otro rechazo lo bloquea de nuevo.
because-shift-end = fin de turno
because-left = se fue sin pausar
because-mistaken = lo tomó por error
because-other-goes-on = lo sigue otra persona
because-completed-mistaken = se completó por error
because-work-missing = falta trabajo
because-other-spool = era otro carrete
because-engineering = autorizado por ingeniería
because-quality = autorizado por calidad
because-half-done = quedó a medias
because-typing = error al escribir en la planilla
less-than-millisecond = menos de 1 ms
