### What several screens say: the frame of every page, headings of tables, buttons that are everywhere.
### NV and OT are the plant's numbers of sale and of work order; TAG is the name of a spool (carrete).

page-title = Carretes
skip = Ir al contenido
screens = Pantallas
sun = Colores para el sol
connecting-now = CONECTANDO
open-access = Acceso abierto: cualquiera puede registrar.
demonstration = Planta de demostración: datos inventados.
one-server = Modo un servidor: no abras otro sobre los mismos datos.
new-version = Nueva versión: ACTUALIZAR
cut-off = Sin conexión: no se puede registrar.
errors = Errores
results = Resultados
filters = Filtros
loading = Cargando…

## What links and buttons say.

close = CERRAR
back = VOLVER
back-to-list = VOLVER A LA LISTA
saving = GUARDANDO…
# In the place of a button, where nothing can be registered now.
only-looking = Ahora no se puede registrar
search = BUSCAR
see = VER
renew = ACTUALIZAR
# Beside a sentence that says "Actualiza la lista".
renew-list = ACTUALIZAR LISTA
retry = REINTENTAR
filter = FILTRAR
no-back = NO, VOLVER
enter = ENTRAR
to-board = Tablero
to-names = Nombres
to-wall = Kiosko
to-history = Historial
to-supervisor = Supervisor
to-my-spools = ← Mis carretes
choose = Elige…

## What headings and labels say.

spool = Carrete
spools = Carretes
operation = Operación
state = Estado
since = Desde
until = Hasta
time = Tiempo
hour = Hora
day = Día
when = Cuándo
what = Qué
who = Quién
reason = Motivo
column = Columna
cell = Celda
says = Dice
holder = Lo tiene
held-since = desde { $clock }
worker = Trabajador
name = Nombre
detail = Detalle
nv = NV
ot = OT
row = fila { $row }
duration = Duración
what-to-do = Qué hacer
last-contact = Último contacto
build = Versión
no-build = no la dice
to-correct = Por corregir: { $problem }
empty-cell = vacía
no-hour = sin hora
no-date = sin fecha
overdue-mark = VENCIDO
idle-mark = PARADO
help-asked-mark = AYUDA PEDIDA
help-seen-mark = AYUDA VISTA
asks-help = Piden ayuda
ready-to-begin = Listos para empezar
TAG-again = TAG repetidos
tablets = Tabletas
tablet = Tableta
milliseconds = { $count } ms
# Behind a number: what is counted is only what this one of several servers knows.
older = MÁS ANTIGUOS
tablets-most = Solo las { $count } con el contacto más reciente.
no-tablet-yet = Ninguna tableta ha abierto una página todavía.
nothing-that-day = Ese día no hay nada registrado.
# $spools is a number of spools that share $tag.
which-of-several = { $spools ->
    [one] { $spools } carrete tiene
   *[other] { $spools } carretes tienen
} el TAG { $tag }. Elige por NV, OT y fila.
which-of-them = Varios carretes tienen el TAG { $tag }. Elige por NV, OT y fila.
which = ¿Cuál de ellos?
