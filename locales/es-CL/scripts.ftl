### What a page says by itself, without asking the server.

script-close = CERRAR
script-retry = REINTENTAR
script-not-loaded = No se pudo cargar. Lo que ves puede ser antiguo.
script-still-saving = Guardando todavía… Espera un momento.
script-slow = La planilla tarda en contestar. Puedes esperar o seguir con otro carrete: no se registra dos veces y la tarjeta se pone al día sola.
script-no-answer = No hubo respuesta. Cuando vuelva la conexión toca otra vez: no se registra dos veces.
script-answer-first = Responde primero esta pregunta o toca VOLVER; después escanea otra vez.
script-not-done = No se pudo registrar. Intenta otra vez o avisa a tu supervisor.
script-something-changed = Hay cambios – ACTUALIZAR
# Which of the parts is taken, the number decides: a language with more forms adds .few, .many …
script-changes =
    .one = { $count } cambio – ACTUALIZAR
    .other = { $count } cambios – ACTUALIZAR
script-connected = CONECTADO
script-polling = CADA 20 s
script-cut-off = SIN CONEXIÓN
script-cut-off-since = SIN CONEXIÓN desde { $hour }
script-no-registering = Sin conexión: no se puede registrar.
# Behind CONECTADO, when the workbook has not been read for a while.
script-data-age = { $state } · datos de hace { $age }
# How long something has lasted, in its two largest units.
script-span-minutes = { $minutes }m
script-span-hours = { $hours }h { $minutes }m
script-span-days = { $days }d { $hours }h
script-seconds = { $count } s
script-data-of = DATOS DE LAS { $hour }
script-chosen = ({ $count })
script-chosen-full = ({ $count }, el máximo)
script-still-there = ¿Sigues ahí? Toca la pantalla para quedarte; si no, vuelven los nombres.
