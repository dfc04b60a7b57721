# Ce que dit le serveur, en français. L’espace avant « : ; ? ! » est insécable (U+00A0).

## Les erreurs du catalogue : un titre, et que faire

problem-malformed_request-title = La requête est illisible.
problem-malformed_request-advice = Le corps n’est pas du JSON, comporte plus de 32 niveaux d’imbrication ou se termine trop tôt, ou bien un en-tête ou un paramètre n’a pas la bonne forme. `detail` indique où.
problem-sign_in_needed-title = Vous devez d’abord vous connecter.
problem-sign_in_needed-advice = Le jeton d’accès manque, a expiré, a été modifié ou a été révoqué. Renouvelez-le ou connectez-vous.
problem-sign_in_failed-title = Cette adresse e-mail et ce mot de passe ne permettent pas de se connecter.
problem-sign_in_failed-advice = Vérifiez les deux. Un compte désactivé donne la même réponse.
problem-refresh_refused-title = Le jeton de renouvellement n’est plus valable.
problem-refresh_refused-advice = Le jeton a expiré, sa session est terminée ou un jeton plus récent l’a remplacé. Connectez-vous de nouveau.
problem-refresh_superseded-title = Un jeton de renouvellement plus récent vient de remplacer celui-ci.
problem-refresh_superseded-advice = Si cet appareil possède le jeton plus récent, continuez avec lui. Sinon, attendez le nombre de secondes indiqué par `Retry-After` et renvoyez ce jeton-ci. Si un autre appareil a utilisé le jeton plus récent, la session prend alors fin.
problem-forbidden-title = Cette action ne vous est pas permise.
problem-forbidden-advice = Un administrateur peut vous attribuer un rôle qui la permet, sauf si `detail` indique une autre raison.
problem-not_for_keys-title = Les clés d’API ne servent pas à cela.
problem-not_for_keys-advice = Une clé d’API lit seulement des chiffres, des listes et des exports. Connectez-vous en personne pour cela.
problem-not_found-title = Rien n’a été trouvé à cette adresse.
problem-not_found-advice = L’élément n’existe pas, ou vous n’avez pas le droit de le voir. La réponse est la même dans les deux cas.
problem-address_expired-title = Cette adresse a expiré.
problem-address_expired-advice = L’adresse d’un fichier n’est valable que pour un temps limité. Répétez la requête qui a donné cette adresse : elle en donne une nouvelle.
problem-method_not_allowed-title = Cette adresse n’accepte pas la méthode de la requête.
problem-method_not_allowed-advice = L’en-tête `Allow` énumère les méthodes acceptées.
problem-request_timeout-title = Le corps de la requête est arrivé trop lentement.
problem-request_timeout-advice = Renvoyez la requête avec une connexion plus rapide. Ce qui est envoyé deux fois sous le même identifiant n’est enregistré qu’une fois.
problem-conflict-title = La requête contredit ce qui est déjà enregistré.
problem-conflict-advice = `detail` décrit le conflit. Lisez l’état actuel, puis décidez.
problem-last_administrator-title = Il ne resterait aucun administrateur.
problem-last_administrator-advice = Le dernier administrateur qui peut se connecter ne peut être ni désactivé ni privé de son rôle sur l’ensemble de l’exploitant. Désignez d’abord un autre administrateur.
problem-rights_changed-title = Vos droits ont changé pendant le traitement de la requête.
problem-rights_changed-advice = Rien n’a été enregistré. Envoyez la requête à nouveau : elle sera jugée selon vos droits actuels.
problem-visit_differs-title = Une visite différente est déjà enregistrée sous cet identifiant.
problem-visit_differs-advice = La visite enregistrée reste telle quelle. Chaque élément de `errors` désigne un champ qui diffère. Une visite peut être corrigée après avoir été renvoyée.
problem-wrong_state-title = L’état actuel ne permet pas cette étape.
problem-wrong_state-advice = `detail` indique l’état actuel et l’état demandé. Lisez l’état actuel, puis décidez.
problem-not_complete-title = Certains fichiers de la visite ne sont pas arrivés.
problem-not_complete-advice = `missing` énumère les identifiants des fichiers du manifeste qui doivent encore être envoyés.
problem-claimed_by_another-title = Un autre contrôleur traite cette visite.
problem-claimed_by_another-advice = `detail` dit jusqu’à quand. Attendez jusque-là, prenez une autre visite ou demandez à ce contrôleur de vous la transmettre.
problem-evidence_differs-title = Un fichier ne correspond pas à ce qui est enregistré pour la visite.
problem-evidence_differs-advice = Ce qui est enregistré n’est jamais remplacé, et rien de cette requête n’a été enregistré. Donnez un nouvel identifiant à chaque fichier qui diffère, puis renvoyez la requête.
problem-assignment_taken-title = Une autre visite existe déjà pour cette mission.
problem-assignment_taken-advice = Une mission comporte une seule visite. Pour une deuxième visite, le planificateur doit créer une deuxième mission.
problem-no_attempts_left-title = Il ne reste pour l’instant aucune tentative pour ce test.
problem-no_attempts_left-advice = Le nombre de tentatives en 30 jours est limité. `detail` indique quand la prochaine sera possible, et `Retry-After` dans combien de secondes.
problem-job_taken-title = Un autre client mystère a déjà cette mission.
problem-job_taken-advice = Choisissez une autre mission sur le tableau des missions.
problem-not_eligible-title = Ce client mystère ne peut pas prendre cette mission.
problem-not_eligible-advice = Chaque élément de `errors` porte le code d’un obstacle et le décrit. Les liens avec la marque ou avec l’établissement sont rédhibitoires ; pour les autres obstacles, un planificateur peut faire une exception.
problem-offer_expired-title = Cette offre a expiré.
problem-offer_expired-advice = L’offre n’a pas reçu de réponse à temps. La mission est de nouveau sur le tableau des missions, pour tous les clients mystères.
problem-offset_differs-title = L’envoi reprend à un autre octet.
problem-offset_differs-advice = Interrogez l’envoi avec `HEAD` et continuez à partir de l’octet indiqué par `Upload-Offset`.
problem-upload_expired-title = L’envoi inachevé a expiré.
problem-upload_expired-advice = Ses octets sont supprimés. Créez l’envoi de nouveau ; son identifiant peut rester le même.
problem-range_not_satisfiable-title = Le fichier ne contient pas les octets demandés.
problem-range_not_satisfiable-advice = `detail` indique combien d’octets compte le fichier. Demandez des octets situés avant la fin, ou le fichier entier.
problem-tus_version-title = Le serveur ne prend pas en charge cette version de tus.
problem-tus_version-advice = Envoyez `Tus-Resumable` avec une version indiquée par `Tus-Version`.
problem-upload_taken_over-title = Une autre requête poursuit cet envoi.
problem-upload_taken_over-advice = Les octets arrivés sont conservés. Interrogez l’envoi avec `HEAD` et continuez à partir de l’octet indiqué par `Upload-Offset`.
problem-digest_mismatch-title = Les octets ne correspondent pas à leur empreinte.
problem-digest_mismatch-advice = Les octets de cette requête sont abandonnés. Interrogez l’envoi avec `HEAD` et renvoyez-les à partir de l’octet indiqué par `Upload-Offset`.
problem-file_too_large-title = Le fichier est trop volumineux.
problem-file_too_large-advice = `detail` indique la limite. Prenez la photo dans une résolution plus faible, ou enregistrez en parties plus courtes.
problem-unreadable_file-title = Ce fichier est d’un type que personne ne peut lire ici.
problem-unreadable_file-advice = `detail` indique ce qu’il faut envoyer à la place. Rien de ce fichier n’est conservé : envoyez-le dans un autre format, comme un nouveau fichier avec son propre `id`.
problem-visit_full-title = La visite a atteint sa limite de fichiers ou d’octets.
problem-visit_full-advice = `detail` indique la limite. Un envoi inachevé peut être annulé avec `DELETE`.
problem-files_waiting-title = Trop de vos fichiers attendent leur visite.
problem-files_waiting-advice = Envoyez les visites auxquelles ces fichiers appartiennent, ou indiquez leur mission : `assignment_id` dans `Upload-Metadata`, ou comme paramètre. `detail` indique la limite.
problem-daily_limit-title = Vous avez atteint la limite quotidienne d’envois.
problem-daily_limit-advice = `detail` indique la limite. Attendez le nombre de secondes indiqué par `Retry-After`. Les fichiers arrivés sont conservés.
problem-precondition_failed-title = L’état désigné par la requête n’est pas l’état actuel.
problem-precondition_failed-advice = L’état a pu changer depuis que vous l’avez lu. Relisez-le, appliquez votre modification à l’état actuel et envoyez-la avec le nouvel `ETag` dans `If-Match`.
problem-body_too_large-title = Le corps de la requête dépasse la taille que cette adresse accepte.
problem-body_too_large-advice = `detail` indique la limite.
problem-unsupported_media_type-title = Cette adresse n’accepte pas le type de média du corps de la requête.
problem-unsupported_media_type-advice = `detail` indique le type de média accepté.
problem-invalid-title = Certaines valeurs ne sont pas acceptables.
problem-invalid-advice = Chaque élément de `errors` désigne une valeur (RFC 6901) et indique ce qu’elle peut être.
problem-precondition_required-title = La requête doit désigner l’état qu’elle modifie.
problem-precondition_required-advice = Un élément existe déjà à cette adresse. Lisez-le et envoyez son `ETag` dans `If-Match`.
problem-too_many_requests-title = Il y a eu trop de tentatives en peu de temps.
problem-too_many_requests-advice = Attendez le nombre de secondes indiqué par `Retry-After`, puis réessayez.
problem-not_supported-title = Cela n’est pas pris en charge.
problem-not_supported-advice = Le message nomme ce qui a été demandé. Faites la demande sans cela.
problem-internal-title = Une erreur s’est produite dans le serveur.
problem-internal-advice = La cause n’est pas dans la requête. Elle figure dans le journal du serveur sous `request_id`. La même requête peut être renvoyée.
problem-unavailable-title = Le service est momentanément indisponible.
problem-unavailable-advice = Attendez le nombre de secondes indiqué par `Retry-After`, puis réessayez. Ce qui est envoyé deux fois sous le même identifiant n’est enregistré qu’une fois.

## Les mots de passe refusés

password-own_address = Le mot de passe se compose de l’adresse e-mail ou de parties de celle-ci. Choisissez-en un qui ne dit rien de vous.
password-common = Ce mot de passe est l’un des plus courants. Choisissez-en un autre.
password-repeated = Le mot de passe répète les mêmes caractères. Choisissez-en un plus varié.
password-run = Le mot de passe suit l’alphabet, les chiffres ou le clavier. Choisissez-en un autre.

## La page d’une erreur. $code est son code, $id l’identifiant de la requête qui a échoué.

problem-page-title = Erreur { $code }
problem-page-code = Code
problem-page-status = Statut HTTP
problem-page-advice = Que faire
problem-page-contract = Le contrat complet de l’interface
problem-page-request = Requête { $id }

## Files of places and employees: what is wrong with them, and how they were understood

import-one-mistake = Rien n’a été importé : il y a une erreur.
import-mistakes = { $count ->
    [one] Rien n’a été importé : il y a { $count } erreur.
   *[other] Rien n’a été importé : il y a { $count } erreurs.
}
import-mistakes-listed = { $count ->
    [one] Rien n’a été importé : il y a { $count } erreur. Les { $listed } premières sont indiquées.
   *[other] Rien n’a été importé : il y a { $count } erreurs. Les { $listed } premières sont indiquées.
}
import-missing = cette valeur manque
import-plain = une ligne de texte sans caractères de contrôle, et pas seulement des espaces
import-length = contient { $length } caractères ; { $most } au plus
import-depth = les régions s’imbriquent sur { $most } niveaux au plus
import-path = des noms de régions séparés par /, dont aucun n’est vide
import-degrees = des degrés de -{ $most } à { $most }, par exemple 48,85
import-half-a-position = une position a une latitude et une longitude, ou aucune des deux
import-time-zone = un fuseau horaire IANA, par exemple Europe/Paris
import-time-zone-needed = il n’y a pas de fuseau horaire : indiquez-le, ou définissez `branch_defaults` de la région ou de la marque
import-languages = de 1 à 20 codes de langue différents séparés par ;, par exemple fr;pt-BR
import-languages-needed = il n’y a pas de langues : indiquez-les, ou définissez `branch_defaults` de la région ou de la marque
import-email = une adresse e-mail, ou rien
import-yes-no = oui ou non
import-code-taken = la ligne { $line } a déjà ce code
import-code-alike = la ligne { $line } a un code qui a la même apparence
import-several-alike = plusieurs clés ressemblent à « { $written } » : écrivez-la exactement comme elle est enregistrée
import-elsewhere = le point de vente est dans une autre région : déplacez-le d’abord (à partir d’un mois, avec un motif), ou écrivez la région où il est
import-region-retired = cette région est retirée : rétablissez-la d’abord, ou écrivez-en une autre
import-region-to-come = une région de ce nom doit être déplacée ici : écrivez où elle est maintenant, ou attendez qu’elle soit déplacée
import-no-branch = la marque n’a pas de point de vente avec ce code
import-too-many-branches = un fichier contient au plus { $most } points de vente : divisez-le
import-too-many-employees = un fichier contient au plus { $most } employés : divisez-le
import-empty-file = le fichier est vide : il lui faut les colonnes { $columns }
import-column-missing = cette colonne manque ; il faut au fichier les colonnes { $columns }
import-column-twice = cette colonne est présente deux fois
import-column-without-name = contient une valeur dans une colonne sans nom
import-width = contient { $width } valeurs ; l’en-tête nomme { $columns } colonnes
import-encoding = ce n’est pas du texte en { $encoding } : enregistrez le fichier au format CSV UTF-8
import-workbook-unreadable = ce classeur est endommagé : enregistrez-le à nouveau avec un tableur
import-workbook-too-large = le classeur est trop grand : ne gardez que la feuille avec le tableau, ou enregistrez-le au format CSV
import-error-value = la formule donne une erreur : écrivez la valeur
import-date-value = la cellule contient une date : mettez-la au format texte, et écrivez à nouveau la valeur
import-formula-without-value = la formule n’a pas encore de valeur : enregistrez le classeur avec un tableur, ou écrivez la valeur
import-note-column = La colonne « { $column } » n’est pas des nôtres : elle est laissée de côté.
import-note-column-without-name = Une valeur dans une colonne sans nom est laissée de côté.
import-note-far = Ce qui se trouve à droite de la colonne { $most } est laissé de côté.
import-note-sheet = La feuille « { $sheet } » n’est pas lue.
import-notes-listed = { $count ->
    [one] Il y a { $count } remarque. Les { $listed } premières sont indiquées.
   *[other] Il y a { $count } remarques. Les { $listed } premières sont indiquées.
}
import-note-encoding = Le fichier n’est pas en UTF-8. Il a été lu comme { $encoding }, d’après son contenu. Si « { $word } » est faux, enregistrez le fichier au format CSV UTF-8.
import-note-alike = « { $written } » a la même apparence que « { $taken } », et est pris pour lui.
import-note-time-zones = { $count ->
    [one] { $count } nouveau point de vente n’a pas de fuseau horaire dans le fichier : il a celui de sa région ou de la marque.
   *[other] { $count } nouveaux points de vente n’ont pas de fuseau horaire dans le fichier : ils ont celui de leur région ou de la marque.
}
import-note-languages = { $count ->
    [one] { $count } nouveau point de vente n’a pas de langues dans le fichier : il a celles de sa région ou de la marque.
   *[other] { $count } nouveaux points de vente n’ont pas de langues dans le fichier : ils ont celles de leur région ou de la marque.
}
import-note-no-position = { $count ->
    [one] { $count } point de vente n’a pas de position : il n’est dans aucune liste de missions autour d’un lieu, et aucune distance n’est mesurée.
   *[other] { $count } points de vente n’ont pas de position : ils ne sont dans aucune liste de missions autour d’un lieu, et aucune distance n’est mesurée.
}
import-note-retired = Ce point de vente est retiré et le reste : rétablissez-le pour qu’il soit de nouveau visité.

## Ce que dit un rapport imprimé

print-page = Page { $page } sur { $pages }
print-withdrawn-title = Rapport retiré
print-withdrawn = Ce rapport a été retiré. Sa visite ne compte nulle part.
print-branch = Point de vente
print-visited-on = Visité le
print-visited-within = Visité dans la période
print-days = du { $first } au { $last }
print-day = { $day } { $month ->
    [1] janvier
    [2] février
    [3] mars
    [4] avril
    [5] mai
    [6] juin
    [7] juillet
    [8] août
    [9] septembre
    [10] octobre
    [11] novembre
   *[12] décembre
    } { $year }
print-released-on = Publié le
print-appeal-until = Contestable jusqu’au
print-score = Résultat
print-no-score = Pas de résultat
print-percent = { $number } %
print-points = { $possible ->
    [one] { $earned } point sur { $possible }
   *[other] { $earned } points sur { $possible }
}
print-before-effects = Sans les questions critiques, le résultat serait de { $score }.
print-section-zero = Cette question critique n’a rien rapporté : sa section ne rapporte rien.
print-visit-zero = Cette question critique n’a rien rapporté : le résultat de la visite est zéro.
print-cap = Cette question critique n’a rien rapporté : le résultat de la visite est de { $score } au plus.
print-longer-than-all = Plus long que toutes les limites
print-any-time = Durée quelconque
print-photos = Voir les photos
print-recordings = Les enregistrements sont dans le rapport en ligne
print-not-applicable = Sans objet
print-not-answered = Sans réponse
print-left-out = Non montré dans les rapports
print-comment = Commentaire : { $comment }
print-corrected = Corrigé à la suite d’une contestation
print-photo = Photo n° { $number } : { $question }
print-standards-met = Standards respectés
print-standards-missed = Standards non respectés
print-appeals = Contestations
print-appeal-open = En cours
print-appeal-upheld = Acceptée : des réponses ont été corrigées
print-appeal-declined = Rejetée : les réponses restent
print-appeal-taken-back = Reprise par le point de vente
print-appeal-report-withdrawn = Le rapport a été retiré avant une décision
print-answer-corrected = Cette réponse a été corrigée.
print-answer-stays = Cette réponse reste.
print-reason = Motif : { $reason }

## What was answered, in a report and beside a figure

answer-yes = Oui
answer-no = Non
answer-none = Rien de tout cela
answer-scale = { $value } sur une échelle de { $from } à { $to }
answer-time-up-to = { $time } min au plus
answer-time-more-than = Plus de { $time } min
answer-up-to = { $limit } au plus
answer-more-than = Plus de { $limit }

## What figures are about

side-personal = Les personnes
side-procedural = L’organisation
weekday-mon = Lundi
weekday-tue = Mardi
weekday-wed = Mercredi
weekday-thu = Jeudi
weekday-fri = Vendredi
weekday-sat = Samedi
weekday-sun = Dimanche

## Alerts

alert-whole-visits = visites entières
alert-below = { $place }, { $subject } : { $score } pour { $months }, sous le seuil de { $mark }.
alert-below-target = { $place }, { $subject } : { $score } pour { $months }, sous l’objectif de { $mark }.
alert-above = { $place }, { $subject } : { $score } pour { $months }, au-dessus du seuil de { $mark }.
alert-above-target = { $place }, { $subject } : { $score } pour { $months }, au-dessus de l’objectif de { $mark }.
alert-fell = { $place }, { $subject } : { $score } pour { $months }, en baisse depuis { $mark }.
alert-rose = { $place }, { $subject } : { $score } pour { $months }, en hausse depuis { $mark }.
alert-score-within = { $visits ->
    [one] Avec { $visits } visite, le vrai score se situe entre { $low } et { $high } (confiance de 95 %).
   *[other] Avec { $visits } visites, le vrai score se situe entre { $low } et { $high } (confiance de 95 %).
}
alert-difference-within = { $visits ->
    [one] Avec { $visits } visite, la vraie évolution se situe entre { $low } et { $high } points (confiance de 95 %).
   *[other] Avec { $visits } visites, la vraie évolution se situe entre { $low } et { $high } points (confiance de 95 %).
}
alert-beyond-chance = C’est plus que le hasard.

## Graphiques

chart-month = { $month ->
    [1] janv.
    [2] févr.
    [3] mars
    [4] avr.
    [5] mai
    [6] juin
    [7] juil.
    [8] août
    [9] sept.
    [10] oct.
    [11] nov.
   *[12] déc.
}
chart-unit = Score en pour cent avec son intervalle à 95 % ; n : visites
chart-unit-of-cells = Score en pour cent ; à droite le nombre de visites ; la barre du bas est l’intervalle à 95 % sur une échelle de 0 à 100
chart-trend = { $place } : évolution du score
chart-ranking = { $place } : classement des points de vente
chart-heatmap = { $place } : scores par point de vente
chart-whole-visits = Visites entières
chart-figure = { $visits ->
    [one] { $score }, intervalle à 95 % de { $low } à { $high }, { $visits } visite
   *[other] { $score }, intervalle à 95 % de { $low } à { $high }, { $visits } visites
}
chart-no-figure = { $visits ->
    [one] pas de score, { $visits } visite
   *[other] pas de score, { $visits } visites
}
chart-too-few = Trop peu de visites pour juger
chart-score = Score avec intervalle à 95 %
chart-target = Objectif
chart-target-of = objectif { $score }
chart-rank = Rang
chart-new-version = Nouvelle version du questionnaire
chart-mixed = Plusieurs versions à la fois
chart-nothing = Rien à montrer : aucune visite ne compte ici.
chart-no-scores = Il y a des visites, mais trop peu pour montrer un score.
chart-more = { $count ->
    [one] Seul le premier point de vente est représenté.
   *[other] Seuls les { $count } premiers points de vente sont représentés.
}
chart-more-columns = { $count ->
    [one] { $count } autre colonne n’est pas représentée.
   *[other] { $count } autres colonnes ne sont pas représentées.
}
chart-filtered = Certaines visites seulement : un filtre
chart-by-checklist = Par questionnaire
chart-by-version = Par version
chart-by-side = Par côté du service
chart-by-section = Par section
chart-by-dimension = Par dimension
chart-by-standard = Par standard
chart-by-question = Par question
chart-by-choice = Par réponse
chart-day = { $day } { $month ->
    [1] janv.
    [2] févr.
    [3] mars
    [4] avr.
    [5] mai
    [6] juin
    [7] juil.
    [8] août
    [9] sept.
    [10] oct.
    [11] nov.
   *[12] déc.
    }
chart-summary = Synthèse : { $months }
chart-this-branch = Ce point de vente
chart-region = Région
chart-brand = Enseigne
chart-over-time = Au fil du temps
chart-compared = Comparaison, et rubrique par rubrique
chart-first = Par quoi commencer
chart-gain = { $points } points à gagner
chart-loss = coûte { $points } points
chart-no-drivers = Rien ne coûte plus de points ici qu’ailleurs.
chart-change = Évolution depuis la période précédente : { $difference } points (intervalle à 95 % de { $low } à { $high }).
chart-versions = Les visites ont été faites avec plusieurs versions du questionnaire : une évolution peut en venir.
chart-more-sections = { $count ->
    [one] { $count } autre rubrique n’est pas représentée.
   *[other] { $count } autres rubriques ne sont pas représentées.
}
