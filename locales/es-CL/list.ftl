### A worker's list, the choice of who one is, and what came of several spools at once.

list-change = Cambiar
list-record = Mi registro
list-search = Buscar por TAG, NV u OT
list-search-hint = TAG, NV u OT, o escanea
list-one = Solo el carrete escaneado.
# The row has another TAG, NV or OT now, or was deleted.
list-gone = Ese carrete ya no existe en la planilla con ese nombre: la oficina lo cambió o lo borró. Escanéalo otra vez o búscalo en tu lista.
list-all = VER MI LISTA
list-more-filters = Más
list-show-now = Ahora
list-show-mine = Míos
list-show-available = Para tomar
list-show-occupied = De otros
list-show-problems = Problemas
list-show-all = Todo

list-place-mine = Tengo ahora
list-place-paused = Mis pausados
list-place-take = Puedo tomar
list-place-inspect = Metrología
list-place-repair = Reparación
list-place-others = De otros
list-place-problem = Con un problema en la planilla
list-place-waiting = Todavía no se puede
list-place-done = Nada pendiente para ti

# $link is .link, a link.
list-not-found = Ningún carrete coincide con «{ $search }». { $link }.
    .link = Ver todos los tuyos
list-not-found-filtered = Ningún carrete coincide con «{ $search }» con estos filtros. { $link }.
list-empty = No hay carretes aquí ahora.
list-none-mine = No tienes carretes tomados ni pausados.
list-none-others = Nadie más tiene un carrete ahora.
list-no-problems = Ningún carrete está detenido por un problema en la planilla.
# $link is .link, a link.
list-waiting = { $count ->
    [one] { $count } todavía no se puede tomar (falta material o una operación anterior): { $link }.
   *[other] { $count } todavía no se pueden tomar (falta material o una operación anterior): { $link }.
}
    .link = ver por qué
list-pages = Páginas
list-before = ← ANTERIORES
list-next = MÁS ({ $count }) →

list-take-chosen = TOMAR SELECCIONADOS
list-drop = SOLTAR
list-tick-all = TODOS
list-tick-none = NINGUNO

## What came of several at once.

batch-title = Resultado
batch-name = Resultado de varios carretes
batch-took = Tomaste { $good } de { $all }
batch-dropped = Soltaste { $good } de { $all }
batch-undid = Deshiciste { $good } de { $all }
which-name = Varios carretes con ese TAG

## Who are you?

people-title = ¿Quién eres?
people-search = Buscar tu nombre
people-search-hint = Busca tu nombre
people-here = En esta tableta
people-no-role-why = Sin rol activo en la hoja Roles: solo pueden reparar. Avisa a tu supervisor para que agregue el rol.
people-no-role = Sin rol
people-none = No hay trabajadores activos en la hoja Trabajadores. Avisa a tu supervisor.
# $link is .link, a link.
people-not-found = Nadie se llama «{ $search }». Revisa el nombre o { $link }.
    .link = mira a todos
