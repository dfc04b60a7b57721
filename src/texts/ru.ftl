# Что сообщает сервер, на русском языке.

## Ошибки каталога: название и что делать

problem-malformed_request-title = Не удалось прочитать запрос.
problem-malformed_request-advice = Тело запроса — не JSON, его вложенность больше 32 уровней или оно обрывается слишком рано, либо у заголовка или параметра неверный вид. Место указано в `detail`.
problem-sign_in_needed-title = Сначала необходимо войти.
problem-sign_in_needed-advice = Токен доступа отсутствует, просрочен, изменён или отозван. Обновите его или войдите.
problem-sign_in_failed-title = Войти с этим адресом электронной почты и этим паролем нельзя.
problem-sign_in_failed-advice = Проверьте и то, и другое. Для отключённой учётной записи ответ такой же.
problem-refresh_refused-title = Токен обновления больше не действует.
problem-refresh_refused-advice = Срок действия токена истёк, его сеанс завершён или его заменил более новый токен. Войдите снова.
problem-refresh_superseded-title = Этот токен обновления только что заменён более новым.
problem-refresh_superseded-advice = Если более новый токен есть на этом устройстве, продолжайте с ним. Если его нет, подождите столько секунд, сколько указано в `Retry-After`, и отправьте этот токен ещё раз. Если более новый токен использован на другом устройстве, сеанс тогда завершится.
problem-forbidden-title = У вас нет права на это действие.
problem-forbidden-advice = Администратор может дать вам роль с таким правом, если в `detail` не указана другая причина.
problem-not_for_keys-title = API-ключи не для этого.
problem-not_for_keys-advice = По API-ключу только читают показатели, списки и выгрузки. Для этого войдите лично.
problem-not_found-title = По этому адресу ничего не найдено.
problem-not_found-advice = Объекта нет, или у вас нет права его видеть. В обоих случаях ответ одинаков.
problem-address_expired-title = Срок действия этого адреса истёк.
problem-address_expired-advice = Адрес файла действует ограниченное время. Повторите запрос, который дал этот адрес: он даст новый.
problem-method_not_allowed-title = Этот адрес не поддерживает метод запроса.
problem-method_not_allowed-advice = Поддерживаемые методы перечислены в заголовке `Allow`.
problem-request_timeout-title = Тело запроса поступало слишком медленно.
problem-request_timeout-advice = Отправьте запрос ещё раз по более быстрому соединению. Отправленное дважды с одним и тем же идентификатором сохраняется один раз.
problem-conflict-title = Запрос противоречит тому, что уже сохранено.
problem-conflict-advice = Противоречие описано в `detail`. Прочитайте текущее состояние и примите решение.
problem-last_administrator-title = Не осталось бы ни одного администратора.
problem-last_administrator-advice = Последнего администратора, который может войти, нельзя отключить или лишить роли над всем оператором. Сначала назначьте другого администратора.
problem-rights_changed-title = Ваши права изменились, пока выполнялся запрос.
problem-rights_changed-advice = Ничего не сохранено. Отправьте запрос снова: он будет рассмотрен по вашим нынешним правам.
problem-visit_differs-title = С этим идентификатором уже сохранён другой визит.
problem-visit_differs-advice = Сохранённый визит остаётся без изменений. Каждый элемент `errors` указывает на поле, которое отличается. Визит можно исправить после того, как он будет возвращён.
problem-wrong_state-title = Текущее состояние не допускает этого шага.
problem-wrong_state-advice = В `detail` указаны текущее состояние и запрошенное. Прочитайте текущее состояние и примите решение.
problem-not_complete-title = Некоторые файлы визита не поступили.
problem-not_complete-advice = В `missing` перечислены идентификаторы файлов манифеста, которые ещё необходимо отправить.
problem-claimed_by_another-title = Этим визитом занимается другой проверяющий.
problem-claimed_by_another-advice = `detail` говорит, до какого времени. Подождите, возьмите другой визит или попросите этого проверяющего передать его вам.
problem-evidence_differs-title = Файл не соответствует тому, что сохранено для визита.
problem-evidence_differs-advice = Сохранённое никогда не заменяется, и ничего из этого запроса не сохранено. Дайте каждому отличающемуся файлу новый идентификатор и отправьте запрос ещё раз.
problem-assignment_taken-title = Для этого задания уже есть другой визит.
problem-assignment_taken-advice = У задания один визит. Для второго визита координатор должен создать второе задание.
problem-no_attempts_left-title = Попыток пройти этот тест пока не осталось.
problem-no_attempts_left-advice = Число попыток за 30 дней ограничено. В `detail` указано, когда возможна следующая попытка, а в `Retry-After` — через сколько секунд.
problem-job_taken-title = Это задание уже у другого тайного покупателя.
problem-job_taken-advice = Выберите другое задание на доске заданий.
problem-not_eligible-title = Этот тайный покупатель не может взять это задание.
problem-not_eligible-advice = Каждый элемент `errors` содержит код одного препятствия и описывает его. Связь с брендом или филиалом — препятствие окончательное; для остальных координатор может сделать исключение.
problem-offer_expired-title = Срок этого предложения истёк.
problem-offer_expired-advice = Ответ на предложение не поступил вовремя. Задание снова на доске заданий, для всех тайных покупателей.
problem-offset_differs-title = Загрузка продолжается с другого байта.
problem-offset_differs-advice = Запросите загрузку методом `HEAD` и продолжайте с байта, указанного в `Upload-Offset`.
problem-upload_expired-title = Срок незавершённой загрузки истёк.
problem-upload_expired-advice = Её байты удалены. Создайте загрузку заново; её идентификатор может остаться прежним.
problem-range_not_satisfiable-title = В файле нет запрошенных байтов.
problem-range_not_satisfiable-advice = В `detail` указано, сколько байтов в файле. Запросите байты до его конца или весь файл.
problem-tus_version-title = Сервер не поддерживает эту версию tus.
problem-tus_version-advice = Отправьте `Tus-Resumable` с версией, указанной в `Tus-Version`.
problem-upload_taken_over-title = Эту загрузку продолжает другой запрос.
problem-upload_taken_over-advice = Поступившие байты сохранены. Запросите загрузку методом `HEAD` и продолжайте с байта, указанного в `Upload-Offset`.
problem-digest_mismatch-title = Байты не соответствуют своей контрольной сумме.
problem-digest_mismatch-advice = Байты этого запроса отброшены. Запросите загрузку методом `HEAD` и отправьте их ещё раз с байта, указанного в `Upload-Offset`.
problem-file_too_large-title = Файл слишком большой.
problem-file_too_large-advice = Предел указан в `detail`. Сделайте снимок с меньшим разрешением или запись из более коротких частей.
problem-unreadable_file-title = Файл такого вида здесь никто не сможет прочитать.
problem-unreadable_file-advice = В `detail` сказано, что отправить вместо него. Файл не сохраняется: отправьте его в другом формате как новый файл со своим `id`.
problem-visit_full-title = Визит достиг предела по числу файлов или байтов.
problem-visit_full-advice = Предел указан в `detail`. Незавершённую загрузку можно отменить методом `DELETE`.
problem-files_waiting-title = Слишком много ваших файлов ждут своих визитов.
problem-files_waiting-advice = Отправьте визиты, к которым относятся файлы, или укажите задание: `assignment_id` в `Upload-Metadata` или параметром. Предел указан в `detail`.
problem-daily_limit-title = Вы достигли дневного предела загрузок.
problem-daily_limit-advice = Предел указан в `detail`. Подождите столько секунд, сколько указано в `Retry-After`. Поступившие файлы сохранены.
problem-precondition_failed-title = Состояние, указанное в запросе, не является текущим.
problem-precondition_failed-advice = Возможно, состояние изменилось после того, как вы его прочитали. Прочитайте его снова, внесите изменение в текущее состояние и отправьте его с новым `ETag` в `If-Match`.
problem-body_too_large-title = Тело запроса больше, чем принимает этот адрес.
problem-body_too_large-advice = Предел указан в `detail`.
problem-unsupported_media_type-title = Этот адрес не принимает медиатип тела запроса.
problem-unsupported_media_type-advice = Принимаемый медиатип указан в `detail`.
problem-invalid-title = Некоторые значения недопустимы.
problem-invalid-advice = Каждый элемент `errors` указывает на одно значение (RFC 6901) и сообщает, каким оно может быть.
problem-precondition_required-title = В запросе должно быть указано состояние, которое он изменяет.
problem-precondition_required-advice = По этому адресу уже есть объект. Прочитайте его и отправьте его `ETag` в `If-Match`.
problem-too_many_requests-title = За короткое время сделано слишком много попыток.
problem-too_many_requests-advice = Подождите столько секунд, сколько указано в `Retry-After`, и повторите попытку.
problem-not_supported-title = Это не поддерживается.
problem-not_supported-advice = В сообщении названо, что было запрошено. Отправьте запрос без этого.
problem-internal-title = На сервере произошла ошибка.
problem-internal-advice = Причина не в запросе. Она записана в журнале сервера под `request_id`. Тот же запрос можно отправить ещё раз.
problem-unavailable-title = Сервис временно недоступен.
problem-unavailable-advice = Подождите столько секунд, сколько указано в `Retry-After`, и повторите попытку. Отправленное дважды с одним и тем же идентификатором сохраняется один раз.

## Пароли, которые не принимаются

password-own_address = Пароль состоит из адреса электронной почты или его частей. Выберите такой, который ничего о вас не говорит.
password-common = Это один из самых распространённых паролей. Выберите другой.
password-repeated = В пароле повторяются одни и те же знаки. Выберите более разнообразный.
password-run = Пароль идёт по алфавиту, по порядку цифр или по клавиатуре. Выберите другой.

## Страница одной ошибки. $code — её код, $id — идентификатор неудавшегося запроса.

problem-page-title = Ошибка { $code }
problem-page-code = Код
problem-page-status = Статус HTTP
problem-page-advice = Что делать
problem-page-contract = Полный контракт интерфейса
problem-page-request = Запрос { $id }

## Files of places and employees: what is wrong with them, and how they were understood

import-one-mistake = Ничего не импортировано: есть одна ошибка.
import-mistakes = { $count ->
    [one] Ничего не импортировано: найдена { $count } ошибка.
    [few] Ничего не импортировано: найдены { $count } ошибки.
    [many] Ничего не импортировано: найдено { $count } ошибок.
   *[other] Ничего не импортировано: найдено { $count } ошибки.
}
import-mistakes-listed = { $count ->
    [one] Ничего не импортировано: найдена { $count } ошибка. Указаны первые { $listed }.
    [few] Ничего не импортировано: найдены { $count } ошибки. Указаны первые { $listed }.
    [many] Ничего не импортировано: найдено { $count } ошибок. Указаны первые { $listed }.
   *[other] Ничего не импортировано: найдено { $count } ошибки. Указаны первые { $listed }.
}
import-missing = это значение отсутствует
import-plain = строка текста без управляющих символов, не только из пробелов
import-length = символов: { $length }; не более { $most }
import-depth = глубина вложенности регионов — не более { $most }
import-path = названия регионов через /, ни одно из них не пустое
import-degrees = градусы от -{ $most } до { $most }, например 48,85
import-half-a-position = у координат есть и широта, и долгота, или нет ни той, ни другой
import-time-zone = часовой пояс IANA, например Europe/Paris
import-time-zone-needed = нет часового пояса: укажите его или задайте `branch_defaults` региона либо бренда
import-languages = от 1 до 20 разных кодов языков через ;, например fr;pt-BR
import-languages-needed = нет языков: укажите их или задайте `branch_defaults` региона либо бренда
import-email = адрес электронной почты или ничего
import-yes-no = да или нет
import-code-taken = этот код уже стоит в строке { $line }
import-code-alike = в строке { $line } стоит код, который выглядит так же
import-several-alike = на «{ $written }» похожи несколько ключей: напишите его точно так, как он хранится
import-elsewhere = филиал находится в другом регионе: сначала переместите его (с определённого месяца, с указанием причины) или укажите регион, в котором он находится
import-region-retired = этот регион выведен из работы: сначала восстановите его или укажите другой
import-region-to-come = сюда переместится регион с таким названием: укажите, где он сейчас, или подождите, пока он переместится
import-no-branch = у бренда нет филиала с этим кодом
import-too-many-branches = филиалов в файле не более { $most }: разделите его
import-too-many-employees = сотрудников в файле не более { $most }: разделите его
import-empty-file = файл пуст: ему нужны столбцы { $columns }
import-column-missing = этого столбца нет; файлу нужны столбцы { $columns }
import-column-twice = этот столбец есть дважды
import-column-without-name = значение стоит в столбце без названия
import-width = значений: { $width }; столбцов в заголовке: { $columns }
import-encoding = это не текст в кодировке { $encoding }: сохраните файл как CSV UTF-8
import-workbook-unreadable = эта книга повреждена: сохраните её заново в табличном редакторе
import-workbook-too-large = книга слишком велика: оставьте только лист с таблицей или сохраните её как CSV
import-error-value = формула даёт ошибку: напишите значение
import-date-value = в ячейке дата: задайте текстовый формат и напишите значение заново
import-formula-without-value = у формулы ещё нет значения: сохраните книгу в табличном редакторе или напишите значение
import-note-column = Столбец «{ $column }» нам не известен: он пропущен.
import-note-column-without-name = Значение в столбце без названия пропущено.
import-note-far = Всё, что правее столбца { $most }, пропущено.
import-note-sheet = Лист «{ $sheet }» не читается.
import-notes-listed = { $count ->
    [one] Сделано { $count } примечание. Указаны первые { $listed }.
    [few] Сделано { $count } примечания. Указаны первые { $listed }.
    [many] Сделано { $count } примечаний. Указаны первые { $listed }.
   *[other] Сделано { $count } примечания. Указаны первые { $listed }.
}
import-note-encoding = Файл не в UTF-8. Он прочитан как { $encoding }, судя по его виду. Если «{ $word }» неверно, сохраните файл как CSV UTF-8.
import-note-alike = «{ $written }» выглядит как «{ $taken }» и принято за него.
import-note-time-zones = { $count ->
    [one] У { $count } нового филиала в файле нет часового пояса: он взят у его региона или бренда.
    [few] У { $count } новых филиалов в файле нет часового пояса: он взят у их региона или бренда.
    [many] У { $count } новых филиалов в файле нет часового пояса: он взят у их региона или бренда.
   *[other] У { $count } нового филиала в файле нет часового пояса: он взят у его региона или бренда.
}
import-note-languages = { $count ->
    [one] У { $count } нового филиала в файле нет языков: они взяты у его региона или бренда.
    [few] У { $count } новых филиалов в файле нет языков: они взяты у их региона или бренда.
    [many] У { $count } новых филиалов в файле нет языков: они взяты у их региона или бренда.
   *[other] У { $count } нового филиала в файле нет языков: они взяты у его региона или бренда.
}
import-note-no-position = { $count ->
    [one] У { $count } филиала нет координат: его нет ни в одном списке заданий вокруг места, и расстояние до него не измеряется.
    [few] У { $count } филиалов нет координат: их нет ни в одном списке заданий вокруг места, и расстояние до них не измеряется.
    [many] У { $count } филиалов нет координат: их нет ни в одном списке заданий вокруг места, и расстояние до них не измеряется.
   *[other] У { $count } филиала нет координат: его нет ни в одном списке заданий вокруг места, и расстояние до него не измеряется.
}
import-note-retired = Этот филиал выведен из работы и остаётся таким: восстановите его, чтобы его снова посещали.

## Что написано в напечатанном отчёте

print-page = Страница { $page } из { $pages }
print-withdrawn-title = Отчёт отозван
print-withdrawn = Этот отчёт отозван. Визит нигде не учитывается.
print-branch = Филиал
print-visited-on = Дата визита
print-visited-within = Визит в период
print-days = с { $first } по { $last }
print-day = { $day } { $month ->
    [1] января
    [2] февраля
    [3] марта
    [4] апреля
    [5] мая
    [6] июня
    [7] июля
    [8] августа
    [9] сентября
    [10] октября
    [11] ноября
   *[12] декабря
    } { $year } г.
print-released-on = Дата выпуска
print-appeal-until = Можно оспорить до
print-score = Оценка
print-no-score = Без оценки
print-percent = { $number } %
print-points = { $possible ->
    [one] { $earned } из { $possible } балла
    [few] { $earned } из { $possible } баллов
    [many] { $earned } из { $possible } баллов
   *[other] { $earned } из { $possible } баллов
}
print-before-effects = Без критических вопросов оценка была бы { $score }.
print-section-zero = Этот критический вопрос не принёс баллов, поэтому раздел не приносит ничего.
print-visit-zero = Этот критический вопрос не принёс баллов, поэтому оценка визита — ноль.
print-cap = Этот критический вопрос не принёс баллов, поэтому оценка визита — не больше { $score }.
print-longer-than-all = Дольше всех пределов
print-any-time = Любое время
print-photos = См. фотографии
print-recordings = Записи — в отчёте в сети
print-not-applicable = Не относится
print-not-answered = Нет ответа
print-left-out = В отчётах не показывается
print-comment = Комментарий: { $comment }
print-corrected = Исправлено по апелляции
print-photo = Фото { $number }: { $question }
print-standards-met = Соблюдённые стандарты
print-standards-missed = Несоблюдённые стандарты
print-appeals = Апелляции
print-appeal-open = Рассматривается
print-appeal-upheld = Удовлетворена: ответы исправлены
print-appeal-declined = Отклонена: ответы остаются
print-appeal-taken-back = Отозвана филиалом
print-appeal-report-withdrawn = Отчёт отозван до решения
print-answer-corrected = Этот ответ исправлен.
print-answer-stays = Этот ответ остаётся.
print-reason = Причина: { $reason }

## What was answered, in a report and beside a figure

answer-yes = Да
answer-no = Нет
answer-none = Ничего из этого
answer-scale = { $value } по шкале от { $from } до { $to }
answer-time-up-to = Не больше { $time } мин
answer-time-more-than = Больше { $time } мин
answer-up-to = Не больше { $limit }
answer-more-than = Больше { $limit }

## What figures are about

side-personal = Люди
side-procedural = Организация
weekday-mon = Понедельник
weekday-tue = Вторник
weekday-wed = Среда
weekday-thu = Четверг
weekday-fri = Пятница
weekday-sat = Суббота
weekday-sun = Воскресенье

## Alerts

alert-whole-visits = визиты целиком
alert-below = { $place }, { $subject }: { $score } за { $months }, ниже порога { $mark }.
alert-below-target = { $place }, { $subject }: { $score } за { $months }, ниже цели { $mark }.
alert-above = { $place }, { $subject }: { $score } за { $months }, выше порога { $mark }.
alert-above-target = { $place }, { $subject }: { $score } за { $months }, выше цели { $mark }.
alert-fell = { $place }, { $subject }: { $score } за { $months }, снижение с { $mark }.
alert-rose = { $place }, { $subject }: { $score } за { $months }, рост с { $mark }.
alert-score-within = { $visits ->
    [one] По { $visits } визиту истинная оценка лежит между { $low } и { $high } (с доверительной вероятностью 95 %).
    [few] По { $visits } визитам истинная оценка лежит между { $low } и { $high } (с доверительной вероятностью 95 %).
    [many] По { $visits } визитам истинная оценка лежит между { $low } и { $high } (с доверительной вероятностью 95 %).
   *[other] По { $visits } визита истинная оценка лежит между { $low } и { $high } (с доверительной вероятностью 95 %).
}
alert-difference-within = { $visits ->
    [one] По { $visits } визиту истинное изменение лежит между { $low } и { $high } п. п. (с доверительной вероятностью 95 %).
    [few] По { $visits } визитам истинное изменение лежит между { $low } и { $high } п. п. (с доверительной вероятностью 95 %).
    [many] По { $visits } визитам истинное изменение лежит между { $low } и { $high } п. п. (с доверительной вероятностью 95 %).
   *[other] По { $visits } визита истинное изменение лежит между { $low } и { $high } п. п. (с доверительной вероятностью 95 %).
}
alert-beyond-chance = Это больше, чем случайность.

## Графики

chart-month = { $month ->
    [1] янв.
    [2] февр.
    [3] март
    [4] апр.
    [5] май
    [6] июнь
    [7] июль
    [8] авг.
    [9] сент.
    [10] окт.
    [11] нояб.
   *[12] дек.
}
chart-unit = Оценка в процентах с интервалом 95 %; n — число визитов
chart-unit-of-cells = Оценка в процентах; справа число визитов; полоса внизу — интервал 95 % на шкале от 0 до 100
chart-trend = { $place }: оценка по времени
chart-ranking = { $place }: рейтинг филиалов
chart-heatmap = { $place }: оценки по филиалам
chart-whole-visits = Визиты целиком
chart-figure = { $visits ->
    [one] { $score }, интервал 95 % от { $low } до { $high }, { $visits } визит
    [few] { $score }, интервал 95 % от { $low } до { $high }, { $visits } визита
    [many] { $score }, интервал 95 % от { $low } до { $high }, { $visits } визитов
   *[other] { $score }, интервал 95 % от { $low } до { $high }, { $visits } визита
}
chart-no-figure = { $visits ->
    [one] оценки нет, { $visits } визит
    [few] оценки нет, { $visits } визита
    [many] оценки нет, { $visits } визитов
   *[other] оценки нет, { $visits } визита
}
chart-too-few = Слишком мало визитов для вывода
chart-score = Оценка с интервалом 95 %
chart-target = Цель
chart-target-of = цель { $score }
chart-rank = Место
chart-new-version = Новая версия анкеты
chart-mixed = Несколько версий сразу
chart-nothing = Показывать нечего: ни один визит здесь не учтён.
chart-no-scores = Визиты есть, но их слишком мало, чтобы показать оценку.
chart-more = { $count ->
    [one] Показан только { $count } первый филиал.
    [few] Показаны только { $count } первых филиала.
    [many] Показаны только { $count } первых филиалов.
   *[other] Показаны только { $count } первых филиала.
}
chart-more-columns = { $count ->
    [one] Ещё { $count } столбец не показан.
    [few] Ещё { $count } столбца не показаны.
    [many] Ещё { $count } столбцов не показаны.
   *[other] Ещё { $count } столбца не показаны.
}
chart-filtered = Только часть визитов: фильтр
chart-by-checklist = По анкетам
chart-by-version = По версиям
chart-by-side = По сторонам обслуживания
chart-by-section = По разделам
chart-by-dimension = По измерениям
chart-by-standard = По стандартам
chart-by-question = По вопросам
chart-by-choice = По ответам
chart-day = { $day } { $month ->
    [1] янв.
    [2] февр.
    [3] марта
    [4] апр.
    [5] мая
    [6] июня
    [7] июля
    [8] авг.
    [9] сент.
    [10] окт.
    [11] нояб.
   *[12] дек.
    }
chart-summary = Сводка: { $months }
chart-this-branch = Этот филиал
chart-region = Регион
chart-brand = Бренд
chart-over-time = По времени
chart-compared = Сравнение и оценки по разделам
chart-first = С чего начать
chart-gain = можно прибавить { $points } п.
chart-loss = стоит { $points } п.
chart-no-drivers = Ничто не стоит здесь больше пунктов, чем в других местах.
chart-change = Изменение к предыдущему периоду: { $difference } п. (интервал 95 % от { $low } до { $high }).
chart-versions = Визиты проведены по нескольким версиям анкеты: изменение может быть вызвано этим.
chart-more-sections = { $count ->
    [one] Ещё { $count } раздел не показан.
    [few] Ещё { $count } раздела не показаны.
    [many] Ещё { $count } разделов не показаны.
   *[other] Ещё { $count } раздела не показаны.
}
