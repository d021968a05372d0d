### The card of a spool: what its buttons say, and what each asks before it acts.

card-name = Carrete { $tag }
card-twin = TAG repetido · fila { $row }
card-ask-help = Pedir ayuda
# Beneath the mark PARADO: nobody has gone on with it for so long.
card-idle = nadie lo ha seguido en { $time }
# Whoever has the spool; his name is in bold.
card-holder = Lo tiene { $name }
card-before = Trabajo previo: { $worker }
card-blocked = Rechazado demasiadas veces. Avisa a tu supervisor: solo él puede desbloquearlo.
card-problem = No se puede tomar hasta que la oficina corrija la planilla. Avisa a tu supervisor.
card-help-solved = YA ESTÁ RESUELTO
card-cut = Ahora no se puede registrar: vuelve a intentarlo cuando haya conexión.

## Buttons. $operation is ARM, SOLD, METROLOGÍA or REPARACIÓN.

card-take = TOMAR { $operation }
card-pick = Elegir
card-pause = PAUSAR
card-pause-because = Pausar con motivo…
card-drop-with = Soltar con otros
card-complete = COMPLETAR { $operation }
card-date = Fecha
card-cancel = Cancelar…
card-approve = APROBAR
card-reject = RECHAZAR…
card-relieve = RELEVAR…

## What is asked before; $tag is in bold, with what follows it.

card-pause-why = ¿Por qué pausas { $tag }?
card-pause-other = Otro motivo
card-pause-for-other = pausar por otro motivo
card-cancel-sure = ¿Cancelar tu trabajo en { $tag }?
card-cancel-means = El carrete queda como si no lo hubieras tomado.
card-cancel-yes = SÍ, CANCELAR { $operation }
card-reject-sure = ¿Rechazar { $tag }?
card-reject-means = Pasa a reparación y cuenta como un rechazo.
card-reject-yes = SÍ, RECHAZAR { $tag }
card-relieve-sure = ¿Relevar a otro en { $tag }?
card-relieve-since = { $name } lo tiene hace { $time } y está vencido: pasa a ser tuyo.
card-relieve-now = { $name } lo tiene y está vencido: pasa a ser tuyo.
card-relieve-yes = SÍ, RELEVAR A { $name }
card-undo = DESHACER

## Reasons to choose from; what is chosen is what the history keeps.

reason-material = falta material
reason-drawing = falta plano/ingeniería
reason-machine = máquina
reason-quality = calidad
reason-safety = seguridad
reason-meal = colación
reason-shift-end = fin de turno
reason-none = sin motivo
# Why the application takes back an operation that its row does not have.
reason-not-held = no quedó en la fila

## A call for help.

help-title = Pedir ayuda
help-what = ¿Qué ayuda necesitas con { $tag }?
help-who-sees = Tu supervisor lo ve enseguida en su pantalla y en el tablero.
help-other = Otra cosa
help-for-other = pedir ayuda por otra cosa
help-back = Volver a la lista
