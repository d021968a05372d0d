### What was done: the operation, the spool, and how far it has come. $operation and $kind as in refusals.ftl;
### $operation is done-spool where no operation is known.

done-spool = Carrete
done-already = { $operation ->
    [0] Ya tienes { $tag }: no hacía falta tomarlo otra vez.
   *[other] Ya tienes { $tag } para { $operation }: no hacía falta tomarlo otra vez.
}
done-taken = { $operation } { $kind ->
    [METROLOGIA] tomada
    [REPARACION] tomada
   *[other] tomado
}: { $tag } es tuyo ahora.
done-relieved = { $operation } { $kind ->
    [METROLOGIA] tomada
    [REPARACION] tomada
   *[other] tomado
}: { $tag } es tuyo ahora, por relevo.
done-paused = { $operation } { $kind ->
    [METROLOGIA] pausada
    [REPARACION] pausada
   *[other] pausado
}: { $tag } queda libre con el trabajo a medias.
done-cancelled = { $operation } { $kind ->
    [METROLOGIA] cancelada
    [REPARACION] cancelada
   *[other] cancelado
}: { $tag } queda libre, como antes de tomarlo.
done-released = { $tag } liberado: queda libre con el trabajo a medias.
done-reopened = { $operation } { $kind ->
    [METROLOGIA] reabierta
    [REPARACION] reabierta
   *[other] reabierto
}: { $tag } se puede tomar otra vez.
done-undone = Última acción deshecha ({ $operation }): { $tag } está como antes.
done-unblocked = { $tag } desbloqueado: se puede reparar una vez más.
done-corrected = { $tag } corregido: sus columnas ya no se contradicen en eso.
done-help-asked = Ayuda pedida con { $tag }: tu supervisor la ve ahora en su pantalla.
done-help-seen = Ayuda con { $tag } marcada como vista: quien la pidió lo ve en su tableta.
done-help-solved = Ayuda con { $tag } resuelta.
done-saved = { $tag } guardado.
done-approved = METROLOGÍA aprobada: { $tag } está terminado.
done-rejected-blocked = METROLOGÍA rechazada: { $tag } queda BLOQUEADO. Avisa al supervisor.
done-rejected = { $cycle ->
    [0] METROLOGÍA rechazada: { $tag } espera reparación.
   *[other] METROLOGÍA rechazada: { $tag } espera reparación (ciclo { $cycle }).
}
# $next is the operation that follows.
done-completed = { $operation } { $kind ->
    [METROLOGIA] completada
    [REPARACION] completada
   *[other] completado
}: { $tag }.
done-completed-next = { $operation } { $kind ->
    [METROLOGIA] completada
    [REPARACION] completada
   *[other] completado
}: { $tag }. Sigue { $next }.
