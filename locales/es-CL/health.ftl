### How the system is: for supervisors, and for whoever looks after the tablets.

health-title = Cómo está el sistema
health-from-here = visto desde este proceso
health-part = Parte
health-workbook-own = Planilla (propia)
health-workbook-google = Planilla (de Google)
health-writes = acepta cambios
health-no-writes = NO ACEPTA CAMBIOS
health-rows = { $spools ->
    [one] { $spools } fila, leída
   *[other] { $spools } filas, leídas
} hace { $age }; { $waiting ->
    [one] { $waiting } cambio espera
   *[other] { $waiting } cambios esperan
}
# $rows is health-rows.
health-rows-missing = { $rows }; { $count ->
    [one] falta la columna { $columns }
   *[other] faltan las columnas { $columns }
}
health-audit = Auditoría
health-audit-even = al día
health-audit-waits = { $count ->
    [one] { $count } ESPERA
   *[other] { $count } ESPERAN
}
health-outbox = Lo que hace más tiempo espera a la auditoría
health-alarms = { $count ->
    [one] { $count } alarma desde que se encendió
   *[other] { $count } alarmas desde que se encendió
}
health-locks-own = Bloqueos (de este equipo)
health-locks-redis = Bloqueos (Redis)
health-locks-answer = responden en { $time }
health-locks-silent = NO RESPONDEN
health-locks-expired = { $count ->
    [one] { $count } bloqueo venció antes de renovarse
   *[other] { $count } bloqueos vencieron antes de renovarse
}
health-events = Avisos a las pantallas
health-events-heard = se oyen, hace { $time }
health-events-silent = NO SE OYEN
health-events-untold = { $untold ->
    [one] { $untold } cambio
   *[other] { $untold } cambios
} sin avisar; { $screens ->
    [one] { $screens } pantalla conectada
   *[other] { $screens } pantallas conectadas
}, { $connections ->
    [one] { $connections } conexión
   *[other] { $connections } conexiones
}
health-conflicts = Conflictos de las últimas 24 horas
health-conflicts-own = de este proceso desde que se encendió: lo que contaron los demás no se puede leer
health-taken = Tomas
health-late = Llegaron tarde (409)
health-ended = Ya no lo tenían (410)
health-times = { $count ->
    [one] { $count } vez
   *[other] { $count } veces
}
# A number of times, and from which share on it is too many.
health-rate = { $times } · alerta sobre { $limit } %
health-rate-over = { $times } · alerta sobre { $limit } %: SOBRE LA ALERTA
health-hot = Los más disputados
health-hot-none = Nadie llegó tarde a un carrete.
health-hot-times = Veces que alguien llegó tarde

mishaps = Últimos errores
mishaps-none = Ninguno desde que se encendió.
mishaps-times = { $count ->
    [one] { $count } vez
   *[other] { $count } veces
}
mishaps-code = Código
mishaps-where = Dónde
mishaps-cause = Causa
mishaps-reference = Referencia

diagnostics-title = Diagnóstico
diagnostics-did = Qué se hizo en la tableta { $name }
diagnostics-nothing = Ese día no se hizo nada en esta tableta, o hace más de 30 días.
diagnostics-nothing-here = Ese día no se hizo nada en esta tableta, o hace más de 30 días, o lo atendió otro proceso.
diagnostics-with = Con qué
diagnostics-result = Resultado
diagnostics-took = Demora
diagnostics-own = Redis no responde: lo último de otros procesos puede faltar aquí.
diagnostics-steps = Pasos guardados
diagnostics-steps-of = { $count ->
    [one] { $count } paso
   *[other] { $count } pasos
}
diagnostics-old = { $build } (anterior)

## The processes that serve one workbook.

health-processes = Procesos
health-process = Proceso
health-this-one = este
health-read-ago = Filas leídas hace
health-waiting = Cambios que esperan
health-screens = Pantallas
health-since = Desde
health-no-news = SIN NOTICIAS
health-no-news-since = desde hace { $time }
health-other-build = OTRA
mishaps-own = solo de este proceso: Redis no responde
activity-cut-off = lo último de otros procesos puede faltar: Redis no responde
