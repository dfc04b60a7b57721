# Какво съобщава сървърът, на български.

## Грешките от каталога: заглавие и какво да се направи

problem-malformed_request-title = Заявката не може да бъде прочетена.
problem-malformed_request-advice = Тялото не е JSON, има повече от 32 нива на влагане или свършва твърде рано, или заглавка или параметър има неправилен вид. Мястото е посочено в `detail`.
problem-sign_in_needed-title = Първо трябва да влезете.
problem-sign_in_needed-advice = Токенът за достъп липсва, изтекъл е, променен е или е отменен. Обновете го или влезте.
problem-sign_in_failed-title = Не може да се влезе с този имейл адрес и тази парола.
problem-sign_in_failed-advice = Проверете и двете. Отговорът е същият и за деактивиран акаунт.
problem-refresh_refused-title = Токенът за обновяване вече не е валиден.
problem-refresh_refused-advice = Токенът е изтекъл, сесията му е приключила или го е заменил по-нов токен. Влезте отново.
problem-refresh_superseded-title = По-нов токен за обновяване току-що замени този.
problem-refresh_superseded-advice = Ако това устройство има по-новия токен, продължете с него. Ако го няма, изчакайте секундите, посочени в `Retry-After`, и изпратете този токен отново. Ако друго устройство е използвало по-новия токен, тогава сесията приключва.
problem-forbidden-title = Нямате право на това действие.
problem-forbidden-advice = Администратор може да ви даде роля с такова право, освен ако в `detail` не е посочена друга причина.
problem-not_for_keys-title = API ключовете не са за това.
problem-not_for_keys-advice = С API ключ само се четат показатели, списъци и експорти. За това влезте като лице.
problem-not_found-title = На този адрес не е намерено нищо.
problem-not_found-advice = Обектът не съществува или нямате право да го виждате. Отговорът и в двата случая е един и същ.
problem-address_expired-title = Този адрес е изтекъл.
problem-address_expired-advice = Адресът на файл е валиден ограничено време. Повторете заявката, която даде този адрес: тя дава нов.
problem-method_not_allowed-title = Този адрес не поддържа метода на заявката.
problem-method_not_allowed-advice = Поддържаните методи са изброени в заглавката `Allow`.
problem-request_timeout-title = Тялото на заявката пристигаше твърде бавно.
problem-request_timeout-advice = Изпратете заявката отново по по-бърза връзка. Изпратеното два пъти с един и същ идентификатор се записва веднъж.
problem-conflict-title = Заявката противоречи на вече записаното.
problem-conflict-advice = Противоречието е описано в `detail`. Прочетете текущото състояние и тогава решете.
problem-last_administrator-title = Не би останал нито един администратор.
problem-last_administrator-advice = Последният администратор, който може да влезе, не може да бъде изключен или лишен от ролята си над целия оператор. Първо определете друг администратор.
problem-rights_changed-title = Правата ви се промениха, докато заявката се изпълняваше.
problem-rights_changed-advice = Нищо не е записано. Изпратете заявката отново: тя ще бъде преценена според сегашните ви права.
problem-visit_differs-title = С този идентификатор вече е записано друго посещение.
problem-visit_differs-advice = Записаното посещение остава непроменено. Всеки елемент на `errors` сочи поле, което се различава. Посещението може да се коригира, след като бъде върнато.
problem-wrong_state-title = Текущото състояние не позволява тази стъпка.
problem-wrong_state-advice = В `detail` са посочени текущото състояние и исканото. Прочетете текущото състояние и тогава решете.
problem-not_complete-title = Някои файлове на посещението не са пристигнали.
problem-not_complete-advice = В `missing` са изброени идентификаторите на файловете от манифеста, които още трябва да се изпратят.
problem-claimed_by_another-title = Друг проверяващ работи по това посещение.
problem-claimed_by_another-advice = `detail` казва докога. Изчакайте дотогава, вземете друго посещение или помолете този проверяващ да ви го предаде.
problem-evidence_differs-title = Файл не съответства на записаното за посещението.
problem-evidence_differs-advice = Записаното никога не се заменя и нищо от тази заявка не е записано. Дайте нов идентификатор на всеки файл, който се различава, и изпратете заявката отново.
problem-assignment_taken-title = За тази задача вече има друго посещение.
problem-assignment_taken-advice = Една задача има едно посещение. За второ посещение координаторът трябва да създаде втора задача.
problem-no_attempts_left-title = Засега не остават опити за този тест.
problem-no_attempts_left-advice = Броят на опитите за 30 дни е ограничен. В `detail` е посочено кога е възможен следващият опит, а в `Retry-After` – след колко секунди.
problem-job_taken-title = Друг таен клиент вече има тази задача.
problem-job_taken-advice = Изберете друга задача от таблото със задачи.
problem-not_eligible-title = Този таен клиент не може да поеме тази задача.
problem-not_eligible-advice = Всеки елемент на `errors` съдържа кода на една пречка и я описва. Връзките с марката или с филиала са окончателна пречка; за останалите координатор може да направи изключение.
problem-offer_expired-title = Срокът на това предложение е изтекъл.
problem-offer_expired-advice = Предложението не получи отговор навреме. Задачата отново е на таблото със задачи, за всички тайни клиенти.
problem-offset_differs-title = Качването продължава от друг байт.
problem-offset_differs-advice = Направете справка за качването с `HEAD` и продължете от байта, посочен в `Upload-Offset`.
problem-upload_expired-title = Срокът на незавършеното качване е изтекъл.
problem-upload_expired-advice = Байтовете му са изтрити. Създайте качването отново; идентификаторът му може да остане същият.
problem-range_not_satisfiable-title = Файлът няма поисканите байтове.
problem-range_not_satisfiable-advice = В `detail` е посочено колко байта има файлът. Поискайте байтове преди края му или целия файл.
problem-tus_version-title = Сървърът не поддържа тази версия на tus.
problem-tus_version-advice = Изпратете `Tus-Resumable` с версия, посочена в `Tus-Version`.
problem-upload_taken_over-title = Друга заявка продължава това качване.
problem-upload_taken_over-advice = Пристигналите байтове са запазени. Направете справка за качването с `HEAD` и продължете от байта, посочен в `Upload-Offset`.
problem-digest_mismatch-title = Байтовете не съответстват на контролната си сума.
problem-digest_mismatch-advice = Байтовете на тази заявка са отхвърлени. Направете справка за качването с `HEAD` и ги изпратете отново от байта, посочен в `Upload-Offset`.
problem-file_too_large-title = Файлът е твърде голям.
problem-file_too_large-advice = Ограничението е посочено в `detail`. Направете снимката с по-ниска резолюция или записвайте на по-кратки части.
problem-unreadable_file-title = Файл от този вид не може да бъде прочетен тук.
problem-unreadable_file-advice = В `detail` е посочено какво да изпратите вместо него. Нищо от файла не се пази: изпратете го в друг формат като нов файл със собствен `id`.
problem-visit_full-title = Посещението достигна ограничението си за файлове или байтове.
problem-visit_full-advice = Ограничението е посочено в `detail`. Незавършено качване може да се отмени с `DELETE`.
problem-files_waiting-title = Твърде много от вашите файлове чакат посещенията си.
problem-files_waiting-advice = Изпратете посещенията, към които принадлежат файловете, или посочете задачата им: `assignment_id` в `Upload-Metadata` или като параметър. Ограничението е посочено в `detail`.
problem-daily_limit-title = Достигнахте дневното ограничение за качване.
problem-daily_limit-advice = Ограничението е посочено в `detail`. Изчакайте секундите, посочени в `Retry-After`. Пристигналите файлове са запазени.
problem-precondition_failed-title = Посоченото в заявката състояние не е текущото.
problem-precondition_failed-advice = Възможно е състоянието да се е променило, след като сте го прочели. Прочетете го отново, внесете промяната си в текущото състояние и я изпратете с новия `ETag` в `If-Match`.
problem-body_too_large-title = Тялото на заявката е по-голямо, отколкото този адрес приема.
problem-body_too_large-advice = Ограничението е посочено в `detail`.
problem-unsupported_media_type-title = Този адрес не приема медийния тип на тялото на заявката.
problem-unsupported_media_type-advice = Приеманият медиен тип е посочен в `detail`.
problem-invalid-title = Някои стойности не са допустими.
problem-invalid-advice = Всеки елемент на `errors` сочи една стойност (RFC 6901) и съобщава каква може да бъде тя.
problem-precondition_required-title = Заявката трябва да посочи състоянието, което променя.
problem-precondition_required-advice = На този адрес вече има обект. Прочетете го и изпратете неговия `ETag` в `If-Match`.
problem-too_many_requests-title = За кратко време бяха направени твърде много опити.
problem-too_many_requests-advice = Изчакайте секундите, посочени в `Retry-After`, и опитайте отново.
problem-not_supported-title = Това не се поддържа.
problem-not_supported-advice = Съобщението посочва какво е било поискано. Изпратете заявката без него.
problem-internal-title = В сървъра възникна грешка.
problem-internal-advice = Причината не е в заявката. Тя е записана в дневника на сървъра под `request_id`. Същата заявка може да се изпрати отново.
problem-unavailable-title = Услугата временно не е достъпна.
problem-unavailable-advice = Изчакайте секундите, посочени в `Retry-After`, и опитайте отново. Изпратеното два пъти с един и същ идентификатор се записва веднъж.

## Пароли, които не се приемат

password-own_address = Паролата се състои от имейл адреса или от части от него. Изберете такава, която не казва нищо за вас.
password-common = Тази парола е сред най-разпространените. Изберете друга.
password-repeated = Паролата повтаря едни и същи знаци. Изберете по-разнообразна.
password-run = Паролата следва азбуката, цифрите или клавиатурата. Изберете друга.

## Страницата на една грешка. $code е нейният код, $id – идентификаторът на неуспешната заявка.

problem-page-title = Грешка { $code }
problem-page-code = Код
problem-page-status = HTTP статус
problem-page-advice = Какво да направите
problem-page-contract = Пълният договор на интерфейса
problem-page-request = Заявка { $id }

## Files of places and employees: what is wrong with them, and how they were understood

import-one-mistake = Нищо не е импортирано: има една грешка.
import-mistakes = { $count ->
    [one] Нищо не е импортирано: има { $count } грешка.
   *[other] Нищо не е импортирано: има { $count } грешки.
}
import-mistakes-listed = { $count ->
    [one] Нищо не е импортирано: има { $count } грешка. Изброени са първите { $listed }.
   *[other] Нищо не е импортирано: има { $count } грешки. Изброени са първите { $listed }.
}
import-missing = тази стойност липсва
import-plain = ред текст без управляващи знаци, който не е само от интервали
import-length = има { $length } знака; най-много { $most }
import-depth = регионите са вложени най-много на { $most } нива
import-path = имена на региони, разделени с /, никое от които не е празно
import-degrees = градуси от -{ $most } до { $most }, например 48,85
import-half-a-position = координатите имат ширина и дължина, или нито едното
import-time-zone = часова зона по IANA, например Europe/Paris
import-time-zone-needed = няма часова зона: напишете я или задайте `branch_defaults` на региона или марката
import-languages = от 1 до 20 различни кода на езици, разделени с ;, например fr;pt-BR
import-languages-needed = няма езици: напишете ги или задайте `branch_defaults` на региона или марката
import-email = имейл адрес или нищо
import-yes-no = да или не
import-code-taken = ред { $line } вече има този код
import-code-alike = ред { $line } има код, който изглежда по същия начин
import-several-alike = няколко ключа приличат на „{ $written }“: напишете го точно както е записан
import-elsewhere = обектът е в друг регион: първо го преместете (от определен месец, с причина) или напишете региона, в който е
import-region-retired = този регион е закрит: първо го възстановете или напишете друг
import-region-to-come = тук ще бъде преместен регион с това име: напишете къде е сега или изчакайте да бъде преместен
import-no-branch = марката няма обект с този код
import-too-many-branches = файлът има най-много { $most } обекта: разделете го
import-too-many-employees = файлът има най-много { $most } служители: разделете го
import-empty-file = файлът е празен: нужни са му колоните { $columns }
import-column-missing = тази колона липсва; на файла са нужни колоните { $columns }
import-column-twice = тази колона я има два пъти
import-column-without-name = има стойност в колона без име
import-width = има { $width } стойности; заглавният ред назовава { $columns } колони
import-encoding = това не е текст в { $encoding }: запазете файла като CSV UTF-8
import-workbook-unreadable = тази работна книга е повредена: запазете я отново с програма за таблици
import-workbook-too-large = работната книга е твърде голяма: оставете само листа с таблицата или я запазете като CSV
import-error-value = формулата дава грешка: напишете стойността
import-date-value = в клетката има дата: задайте текстов формат и напишете стойността отново
import-formula-without-value = формулата още няма стойност: запазете книгата с програма за таблици или напишете стойността
import-note-column = Колоната „{ $column }“ не е от нашите: тя е пропусната.
import-note-column-without-name = Стойност в колона без име е пропусната.
import-note-far = Това, което е вдясно от колона { $most }, е пропуснато.
import-note-sheet = Листът „{ $sheet }“ не се чете.
import-notes-listed = { $count ->
    [one] Има { $count } бележка. Изброени са първите { $listed }.
   *[other] Има { $count } бележки. Изброени са първите { $listed }.
}
import-note-encoding = Файлът не е в UTF-8. Прочетен е като { $encoding }, съдейки по вида му. Ако „{ $word }“ е грешно, запазете файла като CSV UTF-8.
import-note-alike = „{ $written }“ изглежда като „{ $taken }“ и е прието за него.
import-note-time-zones = { $count ->
    [one] { $count } нов обект няма часова зона във файла: той има тази на своя регион или марка.
   *[other] { $count } нови обекта нямат часова зона във файла: те имат тази на своя регион или марка.
}
import-note-languages = { $count ->
    [one] { $count } нов обект няма езици във файла: той има тези на своя регион или марка.
   *[other] { $count } нови обекта нямат езици във файла: те имат тези на своя регион или марка.
}
import-note-no-position = { $count ->
    [one] { $count } обект няма координати: той не е в никой списък със задачи около дадено място и разстоянието до него не се измерва.
   *[other] { $count } обекта нямат координати: те не са в никой списък със задачи около дадено място и разстоянието до тях не се измерва.
}
import-note-retired = Този обект е закрит и остава така: възстановете го, за да бъде посещаван отново.

## Какво пише в отпечатан доклад

print-page = Страница { $page } от { $pages }
print-withdrawn-title = Оттеглен доклад
print-withdrawn = Този доклад е оттеглен. Посещението не се брои никъде.
print-branch = Обект
print-visited-on = Дата на посещението
print-visited-within = Посещение в периода
print-days = от { $first } до { $last }
print-day = { $day } { $month ->
    [1] януари
    [2] февруари
    [3] март
    [4] април
    [5] май
    [6] юни
    [7] юли
    [8] август
    [9] септември
    [10] октомври
    [11] ноември
   *[12] декември
    } { $year } г.
print-released-on = Публикуван на
print-appeal-until = Може да се обжалва до
print-score = Резултат
print-no-score = Без резултат
print-percent = { $number } %
print-points = { $possible ->
    [one] { $earned } от { $possible } точка
   *[other] { $earned } от { $possible } точки
}
print-before-effects = Без критичните въпроси резултатът би бил { $score }.
print-section-zero = Този критичен въпрос не донесе точки, затова разделът не носи нищо.
print-visit-zero = Този критичен въпрос не донесе точки, затова резултатът на посещението е нула.
print-cap = Този критичен въпрос не донесе точки, затова резултатът на посещението е най-много { $score }.
print-longer-than-all = По-дълго от всички граници
print-any-time = Всякакво време
print-photos = Вижте снимките
print-recordings = Записите са в онлайн доклада
print-not-applicable = Не се отнася
print-not-answered = Без отговор
print-left-out = Не се показва в докладите
print-comment = Коментар: { $comment }
print-corrected = Поправено след обжалване
print-photo = Снимка { $number }: { $question }
print-standards-met = Спазени стандарти
print-standards-missed = Неспазени стандарти
print-appeals = Обжалвания
print-appeal-open = Разглежда се
print-appeal-upheld = Уважено: отговори са поправени
print-appeal-declined = Отхвърлено: отговорите остават
print-appeal-taken-back = Оттеглено от обекта
print-appeal-report-withdrawn = Докладът е оттеглен преди решение
print-answer-corrected = Този отговор е поправен.
print-answer-stays = Този отговор остава.
print-reason = Причина: { $reason }

## What was answered, in a report and beside a figure

answer-yes = Да
answer-no = Не
answer-none = Нищо от тези
answer-scale = { $value } по скала от { $from } до { $to }
answer-time-up-to = Най-много { $time } мин
answer-time-more-than = Повече от { $time } мин
answer-up-to = Най-много { $limit }
answer-more-than = Повече от { $limit }

## What figures are about

side-personal = Хората
side-procedural = Организацията
weekday-mon = Понеделник
weekday-tue = Вторник
weekday-wed = Сряда
weekday-thu = Четвъртък
weekday-fri = Петък
weekday-sat = Събота
weekday-sun = Неделя

## Alerts

alert-whole-visits = цели посещения
alert-below = { $place }, { $subject }: { $score } за { $months }, под прага от { $mark }.
alert-below-target = { $place }, { $subject }: { $score } за { $months }, под целта от { $mark }.
alert-above = { $place }, { $subject }: { $score } за { $months }, над прага от { $mark }.
alert-above-target = { $place }, { $subject }: { $score } за { $months }, над целта от { $mark }.
alert-fell = { $place }, { $subject }: { $score } за { $months }, спад от { $mark }.
alert-rose = { $place }, { $subject }: { $score } за { $months }, ръст от { $mark }.
alert-score-within = { $visits ->
    [one] При { $visits } посещение истинският резултат е между { $low } и { $high } (с доверителна вероятност 95 %).
   *[other] При { $visits } посещения истинският резултат е между { $low } и { $high } (с доверителна вероятност 95 %).
}
alert-difference-within = { $visits ->
    [one] При { $visits } посещение истинската промяна е между { $low } и { $high } процентни пункта (с доверителна вероятност 95 %).
   *[other] При { $visits } посещения истинската промяна е между { $low } и { $high } процентни пункта (с доверителна вероятност 95 %).
}
alert-beyond-chance = Това е повече от случайност.

## Диаграми

chart-month = { $month ->
    [1] ян.
    [2] февр.
    [3] март
    [4] апр.
    [5] май
    [6] юни
    [7] юли
    [8] авг.
    [9] септ.
    [10] окт.
    [11] ноем.
   *[12] дек.
}
chart-unit = Резултат в проценти с интервал 95 %; n: посещения
chart-unit-of-cells = Резултат в проценти; вдясно е броят на посещенията; лентата отдолу е интервалът 95 % по скала от 0 до 100
chart-trend = { $place }: резултатът във времето
chart-ranking = { $place }: класиране на обектите
chart-heatmap = { $place }: резултати по обекти
chart-whole-visits = Цели посещения
chart-figure = { $visits ->
    [one] { $score }, интервал 95 % от { $low } до { $high }, { $visits } посещение
   *[other] { $score }, интервал 95 % от { $low } до { $high }, { $visits } посещения
}
chart-no-figure = { $visits ->
    [one] няма резултат, { $visits } посещение
   *[other] няма резултат, { $visits } посещения
}
chart-too-few = Твърде малко посещения за извод
chart-score = Резултат с интервал 95 %
chart-target = Цел
chart-target-of = цел { $score }
chart-rank = Място
chart-new-version = Нова версия на въпросника
chart-mixed = Няколко версии едновременно
chart-nothing = Няма какво да се покаже: тук не се брои нито едно посещение.
chart-no-scores = Има посещения, но са твърде малко, за да се покаже резултат.
chart-more = { $count ->
    [one] Показан е само първият обект.
   *[other] Показани са само първите { $count } обекта.
}
chart-more-columns = { $count ->
    [one] Още { $count } колона не е показана.
   *[other] Още { $count } колони не са показани.
}
chart-filtered = Само част от посещенията: филтър
chart-by-checklist = По въпросници
chart-by-version = По версии
chart-by-side = По страни на обслужването
chart-by-section = По раздели
chart-by-dimension = По измерения
chart-by-standard = По стандарти
chart-by-question = По въпроси
chart-by-choice = По отговори
chart-day = { $day } { $month ->
    [1] ян.
    [2] февр.
    [3] март
    [4] апр.
    [5] май
    [6] юни
    [7] юли
    [8] авг.
    [9] септ.
    [10] окт.
    [11] ноем.
   *[12] дек.
    }
chart-summary = Обобщение: { $months }
chart-this-branch = Този обект
chart-region = Регион
chart-brand = Марка
chart-over-time = Във времето
chart-compared = Сравнение и резултати по раздели
chart-first = Откъде да се започне
chart-gain = { $points } точки за спечелване
chart-loss = струва { $points } точки
chart-no-drivers = Нищо не струва тук повече точки, отколкото другаде.
chart-change = Промяна спрямо предишния период: { $difference } точки (интервал 95 % от { $low } до { $high }).
chart-versions = Посещенията са направени с няколко версии на въпросника: промяната може да идва от това.
chart-more-sections = { $count ->
    [one] Още { $count } раздел не е показан.
   *[other] Още { $count } раздела не са показани.
}
