package provider

// asian are providers in Asia without Japan, in Russia and in Australia.
var asian = []row{
	{
		// https://autoconfig.thunderbird.net/v1.1/yandex.ru
		Settings: implicit("Yandex Mail", "pop.yandex.com", emailAddress,
			"Switch on POP3 in the web mail's settings under mail clients, and make an app password there; it takes the password's place."),
		domains: "yandex.ru yandex.com yandex.net yandex.by yandex.kz yandex.ua ya.ru narod.ru",
		names:   "Yandex",
	},
	{
		// https://github.com/thunderbird/autoconfig/blob/de8e08dc0f2511b95ea36ec808e8bede3de819e2/ispdb/mail.ru
		Settings: implicit("Mail.ru", "pop.mail.ru", emailAddress,
			"Make a password for external apps in the account's security settings; it takes the password's place."),
		domains: "mail.ru inbox.ru list.ru bk.ru corp.mail.ru",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/rambler.ru
		Settings: implicit("Rambler", "pop.rambler.ru", emailAddress, ""),
		domains:  "rambler.ru",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/naver.com
		Settings: implicit("Naver", "pop.naver.com", emailAddress,
			"Switch on POP3/SMTP in the web mail's settings."),
		domains: "naver.com",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/rediffmail.com
		Settings: implicit("Rediffmail", "pop.rediffmail.com", emailAddress, ""),
		domains:  "rediffmail.com",
		names:    "Rediff",
	},
	{
		// https://autoconfig.thunderbird.net/v1.1/bigpond.com
		Settings: implicit("Telstra", "pop.telstra.com", emailAddress, ""),
		domains:  "bigpond.com bigpond.net.au bigpond.net telstra.com",
		names:    "Bigpond",
	},
}
