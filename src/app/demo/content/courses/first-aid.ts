import type { DemoCourse } from '../types.ts';
import { firstAidBasicsQuiz, firstAidFinalQuiz } from './first-aid-quizzes.ts';

const protect = `Ante un accidente, casi todo el mundo quiere correr hacia la víctima. Es un impulso noble y, a veces, un error. La conducta **PAS** ordena lo que hay que hacer cuando cuesta pensar: **P**roteger, **A**visar, **S**ocorrer, siempre en este orden.

## 1. Proteger

Mira antes de acercarte. ¿Hay tráfico, corriente eléctrica, humo, riesgo de derrumbe? Un socorrista herido es una víctima más.

- En la carretera: chaleco, luces de emergencia y un lugar seguro fuera de la calzada.
- Con electricidad: corta la corriente *antes* de tocar a nadie.
- Con humo o gas: no entres; ventila desde fuera si puedes.

## 2. Avisar

| Lugar | Teléfono |
|---|---|
| España y toda la Unión Europea | 112 |
| México, Argentina, Uruguay, Ecuador y otros países de América | 911 |
| Colombia | 123 |

Di **dónde** estás, **qué** ha pasado, **cuántas** personas hay y **cómo** se encuentran. Pon el altavoz para tener las manos libres y **no cuelgues** hasta que te lo digan: quien responde puede guiarte paso a paso.

## 3. Socorrer

Acércate, habla, toca los hombros. Las dos preguntas que deciden todo lo demás son: *¿responde?* y *¿respira con normalidad?* Para saberlo, inclina su cabeza hacia atrás, levanta la barbilla y observa durante **no más de diez segundos** si se mueve el pecho.

> Este curso enseña lo básico y no sustituye a un taller presencial. Practica con un maniquí en cuanto tengas ocasión: las manos recuerdan mejor que la cabeza.`;

const cpr = `Cuando el corazón se detiene, el cerebro empieza a sufrir daños en pocos minutos. Sin ayuda, la probabilidad de sobrevivir baja cerca de un **10 % por cada minuto** que pasa. Una ambulancia rara vez llega tan deprisa; los testigos ya están allí.

## Cuándo empezar

La persona **no responde** y **no respira con normalidad**. Las bocanadas lentas y ruidosas de los primeros minutos, llamadas *respiración agónica*, no son respiración normal. Si dudas, empieza: es mucho peor no hacer nada.

## Cómo comprimir

1. Pide ayuda, llama al servicio de emergencias y manda a alguien a por un **desfibrilador** (DEA).
2. Arrodíllate a su lado. Coloca el talón de una mano en el centro del pecho y la otra encima.
3. Brazos rectos, hombros sobre las manos.
4. Comprime fuerte y rápido, y deja que el pecho vuelva a subir del todo.

| Parámetro | Valor en adultos |
|---|---|
| Ritmo | 100 a 120 por minuto |
| Profundidad | 5 a 6 cm |
| Con ventilaciones | 30 compresiones y 2 insuflaciones |
| Sin formación en ventilaciones | compresiones continuas |

El compás de *Stayin' Alive* o de *La Macarena* se mueve en torno a cien pulsos por minuto: tararéalo.

## El desfibrilador

Enciéndelo y obedece a la voz. Pega los parches en el pecho desnudo y seco, como indica el dibujo. Asegúrate de que **nadie toque** a la víctima durante el análisis y la descarga, y reanuda las compresiones inmediatamente después. El aparato solo descarga si hace falta: no puedes hacer daño por usarlo.

Si hay otra persona, turnaos cada **dos minutos**: comprimir bien cansa más de lo que parece.`;

const choking = `Ocurre en la mesa, entre risas, y a menudo la víctima se levanta y se aleja por vergüenza. Ve tras ella. La pregunta clave es sencilla: «**¿Te has atragantado?**».

## Si puede toser

Tose, habla o llora: el aire pasa. Anímala a **seguir tosiendo** y no le des golpes en la espalda ni agua. La tos es más eficaz que cualquier maniobra.

## Si no puede toser

Se lleva las manos al cuello, no emite sonidos, los labios se vuelven azulados. Actúa de inmediato:

1. **Cinco golpes** fuertes entre los omóplatos, con el talón de la mano y el cuerpo inclinado hacia delante. Comprueba después de cada golpe si ha salido el objeto.
2. Si no basta, **cinco compresiones abdominales**: desde atrás, puño por encima del ombligo y por debajo del esternón, tirón hacia dentro y hacia arriba.
3. Alterna cinco y cinco hasta que respire o pierda el conocimiento.
4. Si pierde el conocimiento, llama a emergencias y empieza la **reanimación**.

## Casos especiales

| Persona | Qué cambia |
|---|---|
| Bebé menor de un año | cinco golpes boca abajo sobre tu antebrazo y cinco compresiones **en el pecho**, nunca en el abdomen |
| Embarazo avanzado | compresiones en el centro del pecho |
| Estás solo | apoya el abdomen en el respaldo de una silla y déjate caer sobre él |

## Lo que no se hace

- No metas los dedos a ciegas en la boca: puedes empujar el objeto más adentro.
- No dejes de vigilar después. Quien ha recibido compresiones abdominales debe ser visto por un médico, porque pueden causar lesiones internas.`;

const wounds = `Dos urgencias frecuentes y dos campos llenos de remedios caseros que hacen daño.

## Hemorragias

La sangre asusta, pero casi siempre obedece a la **presión directa**.

1. Ponte guantes, o usa una bolsa de plástico limpia.
2. Presiona con firmeza sobre la herida con una gasa o un paño limpio.
3. **No levantes** la gasa para mirar. Si se empapa, añade otra encima.
4. Tumba a la persona y abrígala.

Si hay un objeto clavado, **no lo saques**: presiona a los lados. Si una hemorragia de un brazo o una pierna amenaza la vida y la presión no la detiene, un *torniquete* comercial colocado por encima de la herida, y nunca sobre una articulación, salva vidas. Anota la hora.

Para la nariz: sentado, cabeza **hacia delante** y pinza con los dedos en la parte blanda durante diez minutos.

## Quemaduras

| Grado | Aspecto |
|---|---|
| Primero | piel roja, dolorosa, sin ampollas |
| Segundo | ampollas, mucho dolor |
| Tercero | piel blanca, marrón o negra, a veces sin dolor |

Lo primero es **agua corriente fresca durante veinte minutos**, cuanto antes. Quita anillos y ropa que no esté pegada. Después cubre sin apretar con una gasa estéril o con film transparente.

- Ni hielo, ni pasta de dientes, ni aceite, ni mantequilla.
- No revientes las ampollas.
- Pide ayuda médica si es más grande que la palma de la mano de la víctima, si afecta a la cara, las manos o los genitales, si es eléctrica o química, o si se trata de un niño pequeño.`;

const kit = `Muchos botiquines son museos: pomadas caducadas, un termómetro roto y tiritas que ya no pegan. Lo que sigue cabe en una caja de zapatos.

## Contenido mínimo

| Cantidad | Material | Para qué |
|---|---|---|
| 2 pares | guantes de nitrilo | protegerte |
| 10 | gasas estériles | cubrir y presionar |
| 2 | vendas elásticas | sujetar, comprimir |
| 1 | esparadrapo | fijar |
| 1 caja | tiritas de varios tamaños | pequeñas heridas |
| 6 | ampollas de suero fisiológico | lavar heridas y ojos |
| 1 | manta térmica | evitar el frío |
| 1 | tijeras de punta redonda | cortar ropa |
| 1 | mascarilla de reanimación | ventilar con seguridad |

## Dónde y cómo

- En un lugar **seco, fresco y conocido por todos**. El cuarto de baño suele ser demasiado húmedo, y la cocina demasiado caliente.
- Fuera del alcance de los niños, pero sin llave que haya que buscar.
- Con los teléfonos de emergencia y los de la familia pegados en la tapa.

## Los medicamentos, aparte

No mezcles los medicamentos con el material de curas, y no guardes restos de antibióticos. Lo caducado se lleva a la farmacia.

## Dos fechas al año

Revisa la caja cuando cambie la hora, en marzo y en octubre. Repón lo gastado y mira las fechas de caducidad. Son diez minutos. Esta lección es opcional, pero ábrela otra vez el día en que hagas la compra.`;

export const firstAid: DemoCourse = {
  key: 'first-aid',
  owner: 'youssef.mansouri@example.org',
  coInstructors: ['instructor@example.com'],
  status: 'published',
  createdDaysAgo: 174,
  publishedDaysAgo: 160,
  body: {
    title: 'Primeros auxilios: los primeros diez minutos',
    description: `Entre el accidente y la llegada de la ambulancia hay unos minutos en los que **solo estás tú**. Este curso enseña lo imprescindible para aprovecharlos: proteger y avisar, reconocer una parada cardiaca, reanimar y usar un desfibrilador, ayudar a quien se atraganta, detener una hemorragia y tratar una quemadura.

Las lecciones siguen las recomendaciones europeas de reanimación, explican el porqué de cada paso y desmontan algunos remedios caseros peligrosos. No hace falta formación sanitaria. El curso no sustituye a un taller presencial, pero te permitirá llegar a él con las ideas claras.`,
    category: 'health',
    level: 'beginner',
    language: 'es',
    visibility: 'listed',
    selfEnrollment: 'open',
  },
  sections: [
    {
      title: 'Lo primero',
      lessons: [
        {
          key: 'protect',
          title: 'Proteger, avisar, socorrer',
          type: 'text',
          isPreview: true,
          content: protect,
        },
        { key: 'cpr', title: 'Reanimación cardiopulmonar en adultos', type: 'text', content: cpr },
        { key: 'basics-quiz', title: 'Comprueba lo aprendido', type: 'quiz', quiz: firstAidBasicsQuiz },
      ],
    },
    {
      title: 'Urgencias frecuentes',
      lessons: [
        {
          key: 'recovery-video',
          title: 'La posición lateral de seguridad',
          type: 'video',
          isPreview: true,
          content:
            'Para quien no responde pero respira con normalidad. Cuatro movimientos, vistos desde tres ángulos.',
          videoUrl: 'https://media.example.com/primeros-auxilios/posicion-lateral.mp4',
          durationSeconds: 198,
        },
        { key: 'choking', title: 'Atragantamiento', type: 'text', content: choking },
        { key: 'wounds', title: 'Hemorragias y quemaduras', type: 'text', content: wounds },
      ],
    },
    {
      title: 'Estar preparado',
      lessons: [
        { key: 'kit', title: 'Un botiquín que sirva', type: 'text', isRequired: false, content: kit },
        { key: 'final-quiz', title: 'Examen final', type: 'quiz', quiz: firstAidFinalQuiz },
      ],
    },
  ],
};
